"""Everything that generated code depends on, as digests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import optgen
import optgen.templates
from optgen.files import spec_files

from .dependencies import dependencies
from .errors import CommandError
from .folders import shown
from .hashing import digest, digest_files, digest_of, python_files, versions

_NOT_GENERATOR = frozenset({"bench", "book", "catalogue", "compare", "doctor", "inspect", "notebook", "prove", "site"})
_NOT_GENERATOR |= {"build", "cli", "scaffold", "surfaces", "typeset", "verify", "generated", "specs", "templates"}
"""Folders that have no say in the text of an optimizer's files, or that an installed optgen has inside it."""


@dataclass(frozen=True)
class Inputs:
    """What the code is made from, at one moment.

    Attributes:
        sources: Digest of all that the code of a spec file's optimizers depends on, by its path below the specs folder;
            empty where nobody knows what that is.
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
    sources = {}
    for file in files:
        name, made_of = file.relative_to(specs).as_posix(), dependencies(file)
        digests = [] if made_of is None else [digest(content) for content in made_of.values()]
        sources[name] = digest_of([generator, specs.name, name, *digests]) if digests else ""
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
    return digest_of([digest_files(root, python_files(root)), *versions("numba", "numpy", "torch", "triton")])


def template_folders() -> list[Path]:
    """The folders that make up `optgen.templates`."""
    return [Path(folder) for folder in optgen.templates.__path__]
