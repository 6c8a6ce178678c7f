"""While the specs of a folder are read, the folder is a package: `from .part import part` finds its neighbour."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

ROOT = "_optgen_specs"


@contextmanager
def folder_as_package(folder: Path) -> Iterator[None]:
    """Let the files of a folder import each other; afterwards nothing of it is left, so that each read is fresh."""
    writes = sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # a folder of specs is only read
    package = ModuleType(ROOT)
    package.__path__ = [str(folder.resolve())]
    outer = {name: module for name, module in sys.modules.items() if _inside(name)}
    sys.modules[ROOT] = package
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
        for name in [name for name in sys.modules if _inside(name)]:
            del sys.modules[name]
        sys.modules.update(outer)


def package_of(file: Path, folder: Path) -> str:
    """The package that a file of the folder belongs to."""
    return ".".join([ROOT, *file.resolve().relative_to(folder.resolve()).parent.parts])


def _inside(name: str) -> bool:
    return name == ROOT or name.startswith(f"{ROOT}.")
