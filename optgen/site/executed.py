"""Generated references, imported from the folder where they lie."""

from __future__ import annotations

import importlib
import sys
import zlib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


def reference_of(out: Path, name: str) -> ModuleType:
    """The NumPy module of an optimizer or schedule.

    Args:
        out: Folder of generated code, anywhere on the disk.
        name: Of the optimizer or schedule.

    Raises:
        ImportError: It is not there, or does not import.
    """
    package = f"_optgen_site_{zlib.crc32(str(out.resolve()).encode()):08x}"
    if package not in sys.modules:
        found = spec_from_file_location(package, out / "__init__.py", submodule_search_locations=[str(out)])
        if found is None or found.loader is None:
            raise ImportError(f"{out} is no package")
        module = module_from_spec(found)
        sys.modules[package] = module
        try:
            found.loader.exec_module(module)
        except BaseException:
            del sys.modules[package]
            raise
    return importlib.import_module(f"{package}.{name}.reference")
