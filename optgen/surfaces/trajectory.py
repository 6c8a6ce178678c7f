"""The way that an optimizer takes over a surface: steps of its generated reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from optgen.spec.model import Kind
from optgen.targets.base import Unit

from .surface import Array, Surface

RATES = tuple(float(f"{10.0 ** (power / 2):.2g}") for power in range(-6, 3))
"""Learning rates that are tried: two for each power of ten."""
STEPS = 200
SEED = 20240607
_TAIL = 20
"""Steps at the end whose mean says how well it went: the last one alone may be chance."""


@dataclass(frozen=True)
class Trajectory:
    """Points on a surface.

    Attributes:
        points: One for each step, behind the start, of shape (steps + 1, 2); not finite where steps diverged.
        values: Of the surface at the points.
        settings: Hyper-parameters that are not the defaults.
        stays: Whether no point is farther out of what is shown of the surface than a quarter of its width and height.
    """

    points: Array
    values: Array
    settings: Mapping[str, float]
    stays: bool

    @property
    def outcome(self) -> float:
        """Mean value at the end; infinite where steps diverged."""
        last = self.values[-_TAIL:]
        with np.errstate(over="ignore"):
            return float(np.mean(last)) if np.isfinite(last).all() else float("inf")


@dataclass(frozen=True)
class Subject:
    """A generated reference, with what its signature does not say.

    Attributes:
        reference: The module.
        together: Whether it takes lists of arrays.
        inputs: What it takes besides the gradient.
        has_rate: Whether it has a learning rate.
    """

    reference: ModuleType
    together: bool
    inputs: tuple[str, ...]
    has_rate: bool


def subject_of(unit: Unit, reference: ModuleType) -> Subject:
    """An optimizer, ready to make steps.

    Args:
        unit: The optimizer.
        reference: What was generated of it.
    """
    inputs = tuple(series.name for series in unit.spec.of_kind(Kind.INPUT))
    return Subject(reference, unit.program.spans_tensors, inputs, any(h.name == "lr" for h in unit.spec.hypers))


def trajectory(subject: Subject, surface: Surface, steps: int = STEPS, **settings: float) -> Trajectory:
    """Make steps on a surface, from its start, in float64.

    What equations take besides the gradient is given the diagonal of the Hessian.

    Args:
        subject: The optimizer.
        surface: Where.
        steps: How many.
        settings: Hyper-parameters and flags, for those that are not to be the defaults.

    Raises:
        ValueError: A setting is out of its domain.
        TypeError: The optimizer has no such setting.
    """
    reference, chance = subject.reference, np.random.default_rng(SEED)
    point_of = getattr(reference, "point", None)
    points = np.full((steps + 1, 2), np.nan)
    points[0] = surface.start
    theta: Any = [points[0]] if subject.together else points[0]
    state = reference.init(theta, **settings)
    with np.errstate(all="ignore"):
        for t in range(1, steps + 1):
            at = point_of(theta, state, t, **settings) if point_of else theta
            place = at[0] if subject.together else at
            gradient = surface.gradient(place) + surface.noise * chance.standard_normal(2)
            if not np.isfinite(gradient).all():
                break
            given: Any = [gradient] if subject.together else gradient
            further: Any = surface.curvature(place) if subject.inputs else None
            inputs = {name: [further] if subject.together else further for name in subject.inputs}
            theta, state = reference.step(theta, given, state, t, **inputs, **settings)
            points[t] = theta[0] if subject.together else theta
        return Trajectory(points, surface.value(*points.T), settings, _stays(points, surface))


def _stays(points: Array, surface: Surface) -> bool:
    low, high = np.transpose((surface.x, surface.y))
    room = (high - low) / 4
    return bool(((points > low - room) & (points < high + room)).all())


def best(
    subject: Subject, surface: Surface, steps: int = STEPS, rates: Sequence[float] = RATES, **settings: float
) -> Trajectory:
    """The steps with the learning rate that ends lowest, of those that do not lead far away.

    With the defaults, where there is no learning rate; with any that ends lowest, where all lead away. Rates out of the
    domain of the optimizer's are not tried.

    Args:
        subject: The optimizer.
        surface: Where.
        steps: How many.
        rates: What is tried.
        settings: Other hyper-parameters and flags, for those that are not to be the defaults.

    Raises:
        ValueError: A setting is out of its domain.
        TypeError: The optimizer has no such setting.
    """
    if not subject.has_rate or "lr" in settings:
        return trajectory(subject, surface, steps, **settings)
    domain = subject.reference.HYPER["lr"]
    tried = [trajectory(subject, surface, steps, lr=rate, **settings) for rate in rates if rate in domain]
    if not tried:
        return trajectory(subject, surface, steps, **settings)
    return min(tried, key=lambda found: (not found.stays, found.outcome))
