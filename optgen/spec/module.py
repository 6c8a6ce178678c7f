"""A file of an author's, read and run as a module."""

from __future__ import annotations

import linecache
import sys
import tokenize
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType

from optgen.problems import SpecError

from .failures import unreadable
from .functions import conditions_in_order


def shown(path: Path) -> str:
    """A path as a message shows it: relative to the working directory where it lies below it."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        SpecError: It cannot be read.
    """
    try:
        with tokenize.open(path) as file:  # honours a byte order mark and a coding line, as Python does
            return file.read()
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise SpecError([unreadable(error, shown(path), path)]) from None


def quote(source: str, name: str) -> None:
    """Let messages quote the text that was read, even if the file changes or is none."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)


@contextmanager
def module_for(name: str, package: str) -> Iterator[ModuleType]:
    """An empty module for a file to run in; what it prints goes to standard error.

    Args:
        name: Path that messages show.
        package: What relative imports start from.
    """
    module = ModuleType(f"optgen_spec:{name}")
    module.__file__, module.__package__ = name, package
    sys.modules[module.__name__] = module  # inspect and dataclasses look modules up by name
    try:
        with conditions_in_order(), redirect_stdout(sys.stderr):
            yield module
    finally:
        sys.modules.pop(module.__name__, None)
