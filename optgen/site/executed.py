"""Generated references, imported from the folder where they lie."""

from __future__ import annotations

import importlib
import sys
import zlib
from pathlib import Path
from types import ModuleType

from optgen.imported import import_folder


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
        import_folder(package, out)
    return importlib.import_module(f"{package}.{name}.reference")
