"""Distances in units of the last place, tallied for each pair of ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from .report import MOST_MISSES, Check, Miss

Array = NDArray[Any]

SAFETY = 2.0
"""The bounds are of first order, so twice a bound is allowed: a second-order term would have to equal the first to
exceed it, and the smallest effect of a wrong formula that the inputs provoke is thousands of times larger."""

SHARP = 32.0
"""Ulps: where more is allowed, an element is the small difference of large numbers, and its distance says little."""


def _ulp(values: Array, dtype: Any) -> Array:
    """The unit of the last place of each value in the given dtype."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.spacing(np.abs(values).astype(dtype)).astype(np.float64)


@dataclass(frozen=True)
class Place:
    """Where a comparison was made, for the message of a miss."""

    optimizer: str
    setting: str
    size: int
    step: int


@dataclass
class Tally:
    """Running totals of one pair of ways."""

    target: str
    against: str
    cases: set[tuple[str, int]] = field(default_factory=set)
    comparisons: int = 0
    sharp: int = 0
    missed: int = 0
    worst_ulps: float = 0.0
    worst_ratio: float = 0.0
    worst_allowed: float = 0.0
    misses: list[Miss] = field(default_factory=list)

    def compare(self, place: Place, quantity: str, got: Array, expected: Array, allowed: Array, indices: Array) -> None:
        """Compare flat arrays.

        Args:
            place: Where.
            quantity: Which parameter or state.
            got: What the target computed, in its own dtype.
            expected: What it should be, in float64.
            allowed: Absolute distance that rounding explains, before `SAFETY`.
            indices: Index of each number in the full tensor.
        """
        ulp = _ulp(expected, got.dtype)
        self._add(place, quantity, got, expected, np.abs(got.astype(np.float64) - expected), allowed, ulp, indices)

    def compare_exact(
        self, place: Place, quantity: str, got: Array, expected: Sequence[Any], allowed: Array, indices: Array
    ) -> None:
        """The same against numbers of many digits, whose distance is taken before anything is rounded."""
        nearest = np.array([float(x) for x in expected])
        with mpmath.workdps(50):
            distance = np.array([float(abs(mpmath.mpf(float(x)) - y)) for x, y in zip(got, expected, strict=True)])
        self._add(place, quantity, got, nearest, distance, allowed, _ulp(nearest, got.dtype), indices)

    def _add(
        self,
        place: Place,
        quantity: str,
        got: Array,
        expected: Array,
        distance: Array,
        allowed: Array,
        ulp: Array,
        indices: Array,
    ) -> None:
        finite = np.isfinite(expected)
        same = np.where(np.isnan(expected), np.isnan(got), got == expected)
        tolerance = np.where(np.isfinite(allowed), SAFETY * allowed + 0.5 * ulp, np.inf)
        with np.errstate(invalid="ignore"):
            ratio = np.where(finite, distance / tolerance, np.where(same, 0.0, np.inf))
            ulps = np.where(finite, distance / ulp, np.where(same, 0.0, np.inf))
        ratio = np.where(np.isnan(ratio), np.inf, ratio)
        self.cases.add((place.setting, place.size))
        sharp = tolerance <= SHARP * ulp
        self.comparisons += got.size
        self.sharp += int(np.sum(sharp))
        self.worst_ulps = max(self.worst_ulps, float(np.max(ulps[sharp], initial=0.0)))
        if got.size and np.max(ratio) > self.worst_ratio:
            worst = int(np.argmax(ratio))
            self.worst_ratio, self.worst_allowed = float(ratio[worst]), float(tolerance[worst] / ulp[worst])
        wrong = np.flatnonzero(ratio > 1)
        self.missed += wrong.size
        for i in wrong[: MOST_MISSES - len(self.misses)]:
            values = float(expected[i]), float(got[i]), float(ulps[i]), float(tolerance[i] / ulp[i])
            self.misses.append(
                Miss(
                    place.optimizer,
                    self.target,
                    self.against,
                    place.setting,
                    place.size,
                    place.step,
                    quantity,
                    int(indices[i]),
                    *values,
                )
            )

    def check(self) -> Check:
        """The totals."""
        return Check(
            self.target,
            self.against,
            len(self.cases),
            self.comparisons,
            self.worst_ulps,
            self.worst_allowed,
            self.worst_ratio,
            self.sharp / max(1, self.comparisons),
            self.missed,
        )
