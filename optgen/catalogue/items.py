"""Every item of a folder of specs, with all that lists and documents say of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from optgen.build.hashing import digest_of
from optgen.check import load_checked
from optgen.driver import unit_of
from optgen.files import source_path
from optgen.problems import Location, Problem, SpecError
from optgen.spec.decorators import Transform
from optgen.spec.load import load_transforms
from optgen.spec.model import Spec
from optgen.spec.module import read
from optgen.targets.base import Unit
from optgen.targets.latex import render_equations

from .citations import Bibliography, Citation
from .describe import Facts, details, transform_overview

KINDS = ("optimizer", "schedule", "transform")
"""In the order in which lists have them."""


@dataclass(frozen=True)
class Item:
    """An optimizer, a schedule or a transform.

    Attributes:
        name: As in the spec.
        title: What headings call it.
        kind: "optimizer", "schedule" or "transform".
        doc: Its docstring.
        file: Of its spec.
        source: Path of that file as headers show it.
        facts: As `optgen show` has them, or `optgen list` for a transform.
        citations: What it cites; empty where the folder has no bibliography.
        paper: The same as free text.
        unit: On its way to code; None for a transform.
        transform: What is applied to others; None for the others.
    """

    name: str
    title: str
    kind: str
    doc: str
    file: Path
    source: str
    facts: Facts
    citations: tuple[Citation, ...]
    paper: str
    unit: Unit | None = None
    transform: Transform | None = None

    @property
    def spec(self) -> Spec:
        """The captured spec of an optimizer or schedule."""
        assert self.unit is not None
        return self.unit.spec

    @cached_property
    def fingerprint(self) -> str:
        """A digest of what it says: its equations, first values and domains, or the file of a transform."""
        if self.unit is None:
            return digest_of([read(self.file)])
        return digest_of([render_equations(self.spec, "")])

    @property
    def year(self) -> int | None:
        """Of what it cites, the year of the first; None where it cites nothing."""
        text = self.citations[0].reference.year if self.citations else self.paper
        found = re.search(r"(?<![\w:./-])(1[89]|20)\d\d(?!\w)", text)  # not part of a name or number
        return int(found[0]) if found else None


@dataclass(frozen=True)
class Catalogue:
    """A folder of specs, read.

    Attributes:
        folder: Where.
        items: Optimizers, schedules and transforms, each kind by title.
        bibliography: Of the folder; None where it has none.
    """

    folder: Path
    items: tuple[Item, ...]
    bibliography: Bibliography | None

    @property
    def prints(self) -> dict[str, str]:
        """The fingerprint of each item."""
        return {item.name: item.fingerprint for item in self.items}

    def of_kind(self, kind: str) -> tuple[Item, ...]:
        """The items of a kind, in order."""
        return tuple(item for item in self.items if item.kind == kind)


def load_catalogue(folder: Path) -> Catalogue:
    """Read, check and describe all that a folder of specs has.

    Args:
        folder: Where.

    Raises:
        SpecError: As for `load_items`.
    """
    from .bibliography import load_bibliography

    bibliography = load_bibliography(folder)
    items = load_items(folder, bibliography)
    return Catalogue(folder, tuple(sorted(items, key=order)), bibliography)


class Listed(Protocol):
    """What has a place in lists."""

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        ...

    @property
    def title(self) -> str:
        """What headings call it."""
        ...


def order(listed: Listed) -> tuple[int, str]:
    """What lists are sorted by: kind, then title."""
    return KINDS.index(listed.kind), listed.title.casefold()


def load_items(folder: Path, bibliography: Bibliography | None, files: Iterable[Path] | None = None) -> list[Item]:
    """Read, check and describe what files of specs have, in their order, transforms last.

    Args:
        folder: Where.
        bibliography: What they cite; None where `paper=` is free text.
        files: Only these files of the folder; all where None.

    Raises:
        SpecError: With the mistakes of all specs, or else with all that is cited and not in the bibliography.
    """
    found = None if files is None else [*files]
    specs = load_checked(folder, found, part=found is not None)
    transforms = load_transforms(folder, found)
    problems: list[Problem] = []
    items = [_of_spec(spec, folder, _cited(bibliography, spec.paper, spec.location, problems)) for spec in specs]
    for transform in transforms:
        citations = _cited(bibliography, transform.paper, transform.location, problems)
        items.append(_of_transform(transform, folder, citations))
    if problems:
        raise SpecError(problems)
    return items


def _cited(
    bibliography: Bibliography | None, paper: str, location: Location, problems: list[Problem]
) -> tuple[Citation, ...]:
    """What a text cites; where it fails, that is one more problem."""
    if bibliography is None:
        return ()
    try:
        return bibliography.cited(paper, location)
    except SpecError as error:
        problems += error.problems
        return ()


def _of_spec(spec: Spec, folder: Path, citations: tuple[Citation, ...]) -> Item:
    unit, file = unit_of(spec, folder), Path(spec.location.file)
    facts = details(unit)
    return Item(spec.name, spec.title, spec.kind.value, spec.doc, file, unit.source, facts, citations, spec.paper, unit)


def _of_transform(transform: Transform, folder: Path, citations: tuple[Citation, ...]) -> Item:
    file, facts = Path(transform.location.file), transform_overview(transform)
    source = source_path(folder, file)
    return Item(
        name=transform.name,
        title=transform.title,
        kind="transform",
        doc=transform.doc,
        file=file,
        source=source,
        facts=facts,
        citations=citations,
        paper=transform.paper,
        transform=transform,
    )
