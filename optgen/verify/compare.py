"""Distances between two ways of computing the same, tallied."""

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
"""The bounds leave out products of errors here and there, so twice a bound is allowed: what is left out would have to
equal the rest to exceed it, and the smallest effect of a wrong formula that the inputs provoke is thousands of times
larger."""

ALLOWED = "twice the first-order rounding bound"
STORED = f"half an ulp for storing, and {ALLOWED}"
EXACT = "nothing, it is the nearest number of its dtype"

SHARP = 32.0
"""Ulps: where more is allowed, an element is the small difference of large numbers, and its distance says little."""


_FORMATS = {"float64": (53, -1022), "float32": (24, -126), "float16": (11, -14), "bfloat16": (8, -126)}
"""Significant bits, and the exponent of the smallest normal number."""

_LARGEST = {"bfloat16": (2 - 2.0**-7) * 2.0**127, "float16": 65504.0}
"""Beyond, stored numbers may be infinite."""

_FLUSHED = {"bfloat16": 2.0**-126}
"""What may be stored as zero: Triton's interpreter has no subnormal numbers of this dtype."""


def ulps_of(values: Array, dtype: str) -> Array:
    """The unit of the last place of each value in a dtype; infinite or NaN where the value is."""
    bits, least = _FORMATS[dtype]
    with np.errstate(all="ignore"):
        exponent = np.where(values == 0, least, np.frexp(values)[1] - 1)
        return np.where(np.isfinite(values), np.ldexp(1.0, np.maximum(exponent, least) - bits + 1), np.abs(values))


def _is_finite(expected: Array, allowed: Array) -> Array:
    """Where a comparison tells right numbers from wrong ones.

    Elsewhere NaN is compared with NaN and an infinity with an infinity, or, where nothing is known, nothing at all.
    """
    return np.isfinite(expected) & np.isfinite(allowed)


@dataclass(frozen=True)
class Place:
    """Where a comparison was made, for the message of a miss."""

    optimizer: str
    setting: str
    size: int
    step: int


@dataclass
class Tally:
    """Running totals of one pair of ways.

    Attributes:
        target: What is checked.
        against: What it is compared with.
        allowed: What distance is allowed, in words.
        flushes: Whether the target may store zero for a subnormal number of 16 bits.
        seen: How many finite numbers there were, and how many in all, for each setting and parameter or state.
    """

    target: str
    against: str
    allowed: str = ALLOWED
    flushes: bool = False
    cases: set[tuple[str, int]] = field(default_factory=set)
    seen: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    comparisons: int = 0
    finite: int = 0
    sharp: int = 0
    missed: int = 0
    total_ulps: float = 0.0
    largest_ulps: float = 0.0
    worst_ratio: float = 0.0
    worst_ulps: float = 0.0
    worst_allowed: float = 0.0
    misses: list[Miss] = field(default_factory=list)

    def compare(
        self,
        place: Place,
        quantity: str,
        got: Array,
        expected: Array,
        allowed: Array,
        dtype: str = "",
        *,
        kept: bool = False,
    ) -> None:
        """Compare flat arrays, or single numbers.

        Args:
            place: Where.
            quantity: Which parameter or state.
            got: What the target computed, in its own dtype.
            expected: What it should be, in float64.
            allowed: Absolute distance that rounding explains, before `SAFETY`; infinite where nothing is known.
            dtype: What the numbers were rounded to before they came as float32, if it is a shorter one.
            kept: Whether a number may be no NaN in the target, whatever rounding does; it may be beyond its range.
        """
        got, expected, allowed = np.atleast_1d(got), np.atleast_1d(expected), np.atleast_1d(allowed)
        if kept:
            allowed = np.where(np.isfinite(expected) & np.isnan(got), 0.0, allowed)
        with np.errstate(invalid="ignore"):
            distance = np.abs(got.astype(np.float64) - expected)
            ulp = ulps_of(expected, dtype or str(got.dtype))
            if dtype not in ("", str(got.dtype)):  # what rounding to the nearest explains is not counted
                stored = np.maximum(0.5 * ulp, _FLUSHED.get(dtype, 0.0) if self.flushes else 0.0)
                distance = np.maximum(distance - stored, 0.0)
                allowed = np.where(np.abs(expected) + allowed < _LARGEST[dtype], allowed, np.inf)
        self._add(place, quantity, got, expected, distance, allowed, ulp, np.arange(len(got)))

    def compare_exact(
        self, place: Place, quantity: str, got: Array, expected: Sequence[Any], allowed: Array, indices: Array
    ) -> None:
        """The same against numbers of many digits, whose distance is taken before anything is rounded.

        Args:
            place: Where.
            quantity: Which parameter or state.
            got: Some elements of what the target computed.
            expected: What each should be; None where mathematics does not say.
            allowed: As in `compare`, for these elements.
            indices: Index of each element in the full tensor.
        """
        known = np.array([x is not None for x in expected], bool)
        self._see(place, quantity, 0, len(expected) - int(np.sum(known)))
        numbers = [x for x in expected if x is not None]
        got = got[known]
        nearest = np.array([float(x) for x in numbers], np.float64)
        with mpmath.workdps(50):
            apart = [float(abs(mpmath.mpf(float(x)) - y)) for x, y in zip(got, numbers, strict=True)]
        distance = np.array(apart, np.float64)
        ulp = ulps_of(nearest, str(got.dtype))
        self._add(place, quantity, got, nearest, distance, allowed[known], ulp, indices[known])

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
        self.cases.add((place.setting, place.size))
        if not got.size:
            return
        with np.errstate(all="ignore"):
            tolerance = SAFETY * allowed
            ratio, ulps = _ratios(got, expected, distance, tolerance, ulp)
            allowed_ulps = tolerance / ulp
        finite = _is_finite(expected, allowed)
        sharp = finite & (allowed_ulps <= SHARP)
        wrong = np.flatnonzero(ratio > 1)
        self.comparisons += got.size
        self.finite += int(np.sum(finite))
        self._see(place, quantity, int(np.sum(finite)), got.size)
        self.sharp += int(np.sum(sharp))
        self.missed += wrong.size
        self.total_ulps += float(np.sum(ulps[sharp]))
        self.largest_ulps = max(self.largest_ulps, float(np.max(ulps[sharp], initial=0.0)))
        worst = int(np.argmax(ratio))
        if ratio[worst] > self.worst_ratio:
            self.worst_ratio = float(ratio[worst])
            self.worst_ulps, self.worst_allowed = float(ulps[worst]), float(allowed_ulps[worst])
        if wrong.size and len(self.misses) < MOST_MISSES:
            self.misses.append(
                Miss(
                    optimizer=place.optimizer,
                    target=self.target,
                    against=self.against,
                    setting=place.setting,
                    size=place.size,
                    step=place.step,
                    quantity=quantity,
                    element=int(indices[worst]),
                    expected=float(expected[worst]),
                    got=float(got[worst]),
                    ulps=float(ulps[worst]),
                    allowed_ulps=float(allowed_ulps[worst]),
                    others=wrong.size - 1,
                )
            )

    def _see(self, place: Place, quantity: str, finite: int, count: int) -> None:
        before = self.seen.get((place.setting, quantity), (0, 0))
        self.seen[place.setting, quantity] = before[0] + finite, before[1] + count

    def check(self) -> Check:
        """The totals."""
        return Check(
            target=self.target,
            against=self.against,
            allowed=self.allowed,
            cases=len(self.cases),
            comparisons=self.comparisons,
            finite=self.finite / max(1, self.comparisons),
            sharp=self.sharp / max(1, self.comparisons),
            mean_ulps=self.total_ulps / max(1, self.sharp),
            largest_ulps=self.largest_ulps,
            worst_ratio=self.worst_ratio,
            worst_ulps=self.worst_ulps,
            worst_allowed=self.worst_allowed,
            misses=self.missed,
        )


def _ratios(got: Array, expected: Array, distance: Array, tolerance: Array, ulp: Array) -> tuple[Array, Array]:
    """Each distance as a share of what is allowed, and in ulps.

    NaN equals NaN, an infinity equals itself, and neither equals anything else. Where nothing is known, everything is
    right: one way overflows where another does not, or divides by what the other rounds to zero.
    """
    same = np.where(np.isnan(expected), np.isnan(got), np.isinf(got) & (got == expected)) | (distance == 0)
    ratio = np.where(same, 0.0, np.where(np.isfinite(distance), distance / tolerance, np.inf))
    ulps = np.where(same, 0.0, np.where(np.isfinite(distance), distance / ulp, np.inf))
    ratio = np.where(np.isfinite(tolerance), ratio, 0.0)
    return np.where(np.isnan(ratio), np.inf, ratio), ulps
