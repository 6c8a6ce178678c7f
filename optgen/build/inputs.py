"""Everything that generated code depends on, as digests."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import optgen
import optgen.templates
from optgen.files import spec_files

from .errors import CommandError
from .folders import shown
from .hashing import digest_files, digest_of, python_files, read, versions

_NOT_GENERATOR = ("build", "cli", "verify", "generated", "specs", "templates")
"""Folders that have no say in the text of an optimizer's files, or that an installed optgen has inside it."""

_HARMLESS = frozenset({"__future__", "collections", "dataclasses", "fractions", "functools", "itertools", "math"})
_HARMLESS |= {"operator", "typing"}
"""Modules through which a spec cannot read the files beside it."""


@dataclass(frozen=True)
class Inputs:
    """What the code is made from, at one moment.

    Attributes:
        sources: Digest of all that the code of a spec file's optimizers depends on, by its path below the specs folder.
        verification: Digest of all that a verification depends on, besides the generated code.
    """

    sources: dict[str, str]
    verification: str


def read_inputs(specs: Path) -> Inputs:
    """Look at the specs, the generator and the templates as they are now.

    Raises:
        CommandError: A file cannot be read, or a header could not show its name.
    """
    generator = _generator_digest()
    files = spec_files(specs)
    _refuse_unprintable(specs, files)
    neighbours = ""
    sources = {}
    for file in files:
        text = read(file)
        parts = [generator, specs.name, digest_files(specs, [file])]
        if _may_read_neighbours(text):
            neighbours = neighbours or digest_files(specs, python_files(specs))
            parts.append(neighbours)
        sources[file.relative_to(specs).as_posix()] = digest_of(parts)
    return Inputs(sources, _verification_digest())


def _refuse_unprintable(folder: Path, files: Iterable[Path]) -> None:
    for file in files:
        if not str(file.relative_to(folder)).isprintable():
            raise CommandError(f"{shown(file)!a}: the headers of generated files cannot show this name")


def _generator_digest() -> str:
    root = Path(optgen.__file__).parent
    parts = [f for f in python_files(root) if f.relative_to(root).parts[0] not in _NOT_GENERATOR]
    digests = [digest_files(root, parts)]
    for folder in template_folders():
        templates = sorted(f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
        digests.append(digest_files(folder, templates))
    return digest_of([*digests, *versions("sympy", "jinja2")])


def _verification_digest() -> str:
    root = Path(optgen.__file__).parent / "verify"
    return digest_of([digest_files(root, python_files(root)), *versions("numpy", "torch", "triton")])


def template_folders() -> list[Path]:
    """The folders that make up `optgen.templates`."""
    return [Path(folder) for folder in optgen.templates.__path__]


def _may_read_neighbours(source: bytes) -> bool:
    """Whether a spec imports anything through which other files of its folder could reach it."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True  # the capture will say what is wrong
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module, _, level):
                modules = [module if module and not level else "."]
            case _:
                continue
        if not all(m == "optgen.spec" or m.startswith("optgen.spec.") or m.split(".")[0] in _HARMLESS for m in modules):
            return True
    return False
