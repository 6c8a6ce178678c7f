"""The files that a spec is made of, found out without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .hashing import read

_SPECS = "optgen.specs"

_LANGUAGE = frozenset({"optgen.spec"})
"""What specs are written in; a change of it is a change of the generator."""

OF_RELATIONS = _LANGUAGE | {"optgen.prove"}
"""What relations between them are written in."""

_HARMLESS = frozenset({"__future__", "collections", "dataclasses", "fractions", "functools", "itertools", "math"})
_HARMLESS |= {"operator", "typing"}
"""Modules through which a spec can read no file."""

_REACHING = frozenset({"__builtins__", "__import__", "compile", "eval", "exec", "globals", "open", "vars"})
"""Names of Python's own through which it can."""


def dependencies(spec: Path, language: frozenset[str] = _LANGUAGE) -> dict[Path, bytes] | None:
    """The content of a spec file, of those that it imports from its folder or from optgen, and of what these import.

    Args:
        spec: The file.
        language: Modules that say what is written, and are no part of it.

    Returns:
        Content by file, the given one first; None where the spec may depend on anything else: it imports another
        module, or opens a file.

    Raises:
        CommandError: A file cannot be read.
    """
    found: dict[Path, bytes] = {}
    waiting = [spec]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found[file] = read(file)
        reached = _reached(file, found[file], language)
        if reached is None:
            return None
        waiting += reached
    return found


def _reached(file: Path, source: bytes, language: frozenset[str]) -> list[Path] | None:
    """The other files of specs that one may import; None where it may read what is no spec."""
    modules = _modules(source, language)
    return None if modules is None else [path for module in modules for path in _files(file, module)]


@cache  # a build looks at every file several times, and parsing takes most of that time
def _modules(source: bytes, language: frozenset[str]) -> tuple[str, ...] | None:
    """The modules of specs that a file may import; None where it may read what is no spec."""
    try:
        nodes = [*ast.walk(ast.parse(source))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # the capture will say what is wrong
    if any(isinstance(node, ast.Name) and node.id in _REACHING for node in nodes):
        return None
    modules = {module for node in nodes for module in _imported(node)}
    specs = {module for module in modules if module.startswith((".", f"{_SPECS}.")) or module == _SPECS}
    others = {module for module in modules - specs if module.partition(".")[0] not in _HARMLESS}
    return tuple(sorted(specs)) if others <= language else None


def _imported(node: ast.AST) -> Iterator[str]:
    """The modules that a statement imports, among them what may be a module or a name in one."""
    match node:
        case ast.Import(names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module, names, level):
            start = "." * level + (module or "")
            yield start
            if any(alias.name == "*" for alias in names) and (level or start != "optgen.spec"):
                yield "*"  # whatever an `__all__` names
            elif level or start.startswith(_SPECS):
                yield from (f"{start}.{alias.name}" if module else f"{start}{alias.name}" for alias in names)


def _files(importer: Path, module: str) -> list[Path]:
    """The files that Python reads for a module of specs, the packages around it included."""
    folder, parts = _folder(), module.removeprefix(_SPECS).split(".")[1:]
    if module.startswith("."):
        name = module.lstrip(".")
        folder, parts = importer.parents[len(module) - len(name) - 1], name.split(".") if name else []
    files = []
    for part in ["", *parts]:
        folder = folder / part
        files += [folder / "__init__.py", folder.with_suffix(".py")]
    return [file for file in files if file.is_file()]


@cache
def _folder() -> Path:
    """The folder of `optgen.specs`, which is not imported."""
    found = find_spec(_SPECS)
    return Path(next(iter(found.submodule_search_locations or ()), "")) if found else Path()
