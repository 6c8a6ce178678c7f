"""Optimizers of a folder of specs on one surface, with one set of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optgen.build.errors import CommandError
from optgen.driver import unit_of
from optgen.notebook.loading import loaded
from optgen.spec.model import Spec, SpecKind

from .surface import Surface
from .trajectory import Trajectory, best, subject_of


@dataclass(frozen=True)
class Tried:
    """What an optimizer did.

    Attributes:
        name: The optimizer.
        way: Its steps.
        searched: Whether the learning rate was chosen among several.
    """

    name: str
    way: Trajectory
    searched: bool

    @property
    def diverged(self) -> bool:
        """Whether a step was not finite."""
        return self.way.outcome == float("inf")


def tried(
    specs: Sequence[tuple[Spec, Path]], surface: Surface, steps: int, settings: Mapping[str, float]
) -> list[Tried]:
    """Let optimizers make steps; code goes to the cache of `optgen.load`, so that nothing has to be built.

    Args:
        specs: Which, each with the folder that it is from.
        surface: Where.
        steps: How many.
        settings: Hyper-parameters and flags, each for those that have it.

    Raises:
        CommandError: A spec is no optimizer, nobody has one of the settings, or its value cannot be.
    """
    for spec, _ in specs:
        if spec.kind is not SpecKind.OPTIMIZER:
            raise CommandError(f"{spec.name} is a {spec.kind}: only optimizers make steps")
    known = {spec.name: _settings(spec) for spec, _ in specs}
    for name in settings:
        if not any(name in of for of in known.values()):
            from difflib import get_close_matches

            every = sorted(set().union(*known.values()))
            close = get_close_matches(name, every, n=1)
            advice = f"did you mean {close[0]}?" if close else f"there are: {', '.join(every)}"
            raise CommandError(f"{' and '.join(known)} {'has' if len(known) == 1 else 'have'} no {name} ({advice})")
    return [_tried(spec, folder, surface, steps, _own(settings, known[spec.name])) for spec, folder in specs]


def _settings(spec: Spec) -> dict[str, bool]:
    """The settings of an optimizer, and whether each is a flag."""
    return {h.name: False for h in spec.hypers} | {f.name: True for f in spec.choices}


def _own(settings: Mapping[str, float], known: Mapping[str, bool]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in settings.items():
        if name in known and known[name] and value not in (0, 1):
            raise CommandError(f"{name} is a flag: {name}=1 turns it on, {name}=0 off")
        if name in known:
            found[name] = bool(value) if known[name] else value
    return found


def _tried(spec: Spec, folder: Path, surface: Surface, steps: int, settings: dict[str, Any]) -> Tried:
    subject = subject_of(unit_of(spec, folder), loaded(spec, folder).reference)
    try:
        way = best(subject, surface, steps, **settings)
    except ValueError as error:
        raise CommandError(f"{spec.name}: {error}") from None
    return Tried(spec.name, way, subject.has_rate and "lr" not in settings)
