"""Generated modules: found wherever they are, called, and blamed by file and line for what they raise."""

from __future__ import annotations

import importlib
import linecache
import os
import sys
import traceback
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType
from typing import Any

from optgen.imported import import_folder
from optgen.spec.module import shown


class GeneratedCodeError(Exception):
    """Generated code is missing, does not import, raised, or broke its contract; the text says where."""


def load(out: Path, name: str, *modules: str) -> list[ModuleType]:
    """Import modules of an optimizer or schedule from a folder of generated code.

    Args:
        out: The folder, anywhere on the disk.
        name: Name of the optimizer or schedule.
        modules: Names of the modules.

    Raises:
        GeneratedCodeError: A module is not there, or does not import.
    """
    for module in modules:
        path = out / name / f"{module}.py"
        if not path.is_file():
            raise GeneratedCodeError(f"{shown(path)} is missing: run optgen build {name}")
    for module in ("torch", "triton"):  # from their cached files, unlike what follows
        importlib.import_module(module)
    if "cpu" in modules:
        _start_numba()
    package = f"_optgen_verified_{zlib.crc32(str(out.resolve()).encode()):08x}"
    _forget(package, out)
    try:
        with _source_only():
            import_folder(package, out)
            return [importlib.import_module(f"{package}.{name}.{module}") for module in modules]
    except Exception as error:
        raise GeneratedCodeError(f"{_where(error, out)} does not import: {_what(error)}") from error


@cache
def _start_numba() -> None:
    """Compile something: only then does Numba import what it needs for that."""
    import numba

    numba.njit("int64(int64)")(lambda x: x)


_runtimes: dict[str, str] = {}
"""Of each package that was imported, what its runtime was like."""
_compiled: dict[tuple[str, str], str] = {}
"""Of each package with each of its runtimes, the folder of what Numba compiles."""


def _forget(package: str, out: Path) -> None:
    """Drop the modules of an earlier verification, since when files may have changed.

    A runtime that has not changed stays, as Numba takes a while to compile it. One that has gets a folder of its own
    for what is compiled: Numba would find the types of the former one in the old folder.
    """
    files = sorted((out / "_runtime").glob("*.py"))
    runtime = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    same = _runtimes.get(package) == runtime
    for module in [m for m in sys.modules if m == package or m.startswith(f"{package}.")]:
        if not (same and module.startswith(f"{package}._runtime")):
            del sys.modules[module]
    _runtimes[package] = runtime
    folder = os.environ.get("NUMBA_CACHE_DIR")
    if folder and not same:
        import numba

        if (package, runtime) not in _compiled:
            _compiled[package, runtime] = mkdtemp(dir=folder)
        numba.config.CACHE_DIR = _compiled[package, runtime]


@contextmanager
def _source_only() -> Iterator[None]:
    """Import from source: a cached file may be of code that was rewritten within the same second, and none is left."""
    prefix, write = sys.pycache_prefix, sys.dont_write_bytecode
    sys.pycache_prefix, sys.dont_write_bytecode = str(Path(__file__).parent / "no such folder"), True
    try:
        yield
    finally:
        sys.pycache_prefix, sys.dont_write_bytecode = prefix, write


def call(out: Path, place: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call generated code.

    Args:
        out: Folder of the generated code.
        place: Setting, size and step, for the message.
        function: What to call.
        args: Its arguments.
        kwargs: Its keyword arguments.

    Raises:
        GeneratedCodeError: It raised; the text names the generated line.
    """
    try:
        return function(*args, **kwargs)
    except Exception as error:
        name = getattr(function, "__name__", "")
        raise GeneratedCodeError(f"{_where(error, out)} raised {_what(error)} in {name}() at {place}") from error


def _root(error: BaseException) -> BaseException:
    """The first of a chain of exceptions: Triton's interpreter wraps what a kernel raises."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _what(error: BaseException) -> str:
    root = _root(error)
    return f"{type(root).__name__}: {root}"


def _where(error: BaseException, out: Path) -> str:
    """The innermost generated line of an exception: file, number and text; the folder where there is none.

    A line of the optimizer's own modules goes before one of the runtime that it calls.
    """
    folder = out.resolve()
    link: BaseException | None = error
    found: list[tuple[str, int]] = []
    while link is not None:
        frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(link.__traceback__)]
        if isinstance(link, SyntaxError) and link.filename:
            frames.append((link.filename, link.lineno or 0))
        inside = [(file, line) for file, line in frames if Path(file).resolve().is_relative_to(folder)]
        own = [(file, line) for file, line in inside if "_runtime" not in Path(file).parts]
        found = own or found or inside  # a cause lies further in
        link = link.__cause__
    if not found:
        return shown(out)
    file, line = found[-1]
    linecache.checkcache(file)
    return f"{shown(Path(file))}:{line}: {linecache.getline(file, line).strip()!r}"
