"""A folder of generated code as a package under a name of our own, wherever it lies."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def import_folder(name: str, folder: Path) -> None:
    """Import a folder as a package; its modules can be imported by name then.

    Args:
        name: Of the package, which nothing else has.
        folder: With an `__init__.py`.

    Raises:
        ImportError: It is no package; or whatever its `__init__.py` raises, after which nothing of it is left.
    """
    found = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    if found is None or found.loader is None:
        raise ImportError(f"{folder} is no package")
    module = module_from_spec(found)
    sys.modules[name] = module
    try:
        found.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
