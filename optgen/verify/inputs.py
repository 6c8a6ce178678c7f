"""Parameters and gradients that expose errors: zeros, spikes, tiny values, landmarks, and steps without gradient."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Make(StrEnum):
    """What a run is fed with."""

    RANDOM = "random numbers"
    ZERO_PARAMETER = "parameter zero"
    ZERO_GRADIENT = "gradient zero"
    ZERO = "all zero"
    ODD = "nan, inf and subnormal numbers"
    STEADY = "the same gradient for long"
    LAST = "the largest number last"


def landmarks(numbers: Iterable[float]) -> Array:
    """Numbers at which conditions may change: one, and the given ones that float32 holds exactly, of either sign.

    Only there can a wrong `<=` be told from a right `<`; a threshold that has to be rounded is met by no element.
    """
    found = {1.0} | {abs(x) for x in numbers if x and float(np.float32(x)) == x}
    return np.array([sign * x for x in sorted(found) for sign in (1, -1)], np.float32)


def parameters(rng: np.random.Generator, size: int, marks: Array, make: Make = Make.RANDOM) -> Array:
    """float32 parameters of magnitudes from 1e-3 to 10, some of them zero.

    Args:
        rng: Source of the numbers.
        size: How many.
        marks: Values that some elements take.
        make: What the run is fed with.
    """
    theta = rng.standard_normal(size) * 10.0 ** rng.uniform(-3, 1, size)
    kind = rng.random(size)
    theta[kind < 0.05] = 0.0
    _plant(rng, theta, marks)
    if make in (Make.ZERO_PARAMETER, Make.ZERO):
        theta[:] = 0.0
    if make is Make.ODD:
        _plant_odd(theta, first=1)
    if make is Make.LAST:
        theta[-1:] = 2 * np.max(np.abs(theta), initial=0.0)
    return theta.astype(np.float32)


def gradients(rng: np.random.Generator, size: int, marks: Array, make: Make = Make.RANDOM) -> Array:
    """float32 gradients of magnitudes from 1e-4 to 10, with zeros, spikes of 100 and values near 1e-7.

    Args:
        rng: Source of the numbers.
        size: How many.
        marks: Values that some elements take.
        make: What the run is fed with.
    """
    if make in (Make.ZERO_GRADIENT, Make.ZERO):
        return np.zeros(size, np.float32)
    g = rng.standard_normal(size) * 10.0 ** rng.uniform(-4, 1, size)
    kind = rng.random(size)
    g[kind < 0.10] = 0.0
    g[(kind >= 0.10) & (kind < 0.15)] *= 100.0
    g[(kind >= 0.15) & (kind < 0.20)] *= 1e-7
    _plant(rng, g, marks)
    if make is Make.ODD:
        _plant_odd(g, first=0)
    if make is Make.LAST:
        g[-1:] = -2 * np.max(np.abs(g), initial=0.0)
    return g.astype(np.float32)


def _plant(rng: np.random.Generator, values: Array, marks: Array) -> None:
    """Put every landmark somewhere, or as many as a quarter of the elements takes."""
    count = min(len(marks), len(values) // 4)
    values[rng.permutation(len(values))[:count]] = rng.permutation(marks)[:count]


_ODD = (np.nan, np.inf, -np.inf, -0.0, 1e-45, -1e-40, 1.1754944e-38, 3.4028235e38, -1e30, 1e-30)


def _plant_odd(values: Array, first: int) -> None:
    """Put odd numbers at every second element, so that parameter and gradient are odd one at a time."""
    places = values[first::2][: len(_ODD)]
    places[:] = _ODD[: len(places)]


def telling(rng: np.random.Generator, gradient: Array, parameter: Array, count: int) -> Array:
    """Indices of elements to look at closely: the extreme ones and zeros, then others at random, sorted."""
    if not len(gradient):
        return np.arange(0)
    size = np.where(gradient == 0, np.inf, np.abs(gradient))
    chosen = {int(np.argmax(np.abs(gradient))), int(np.argmin(size)), int(np.argmin(np.abs(gradient)))}
    chosen.add(int(np.argmin(np.abs(parameter))))
    for i in rng.permutation(len(gradient)):
        if len(chosen) >= count:
            break
        chosen.add(int(i))
    return np.sort(np.array(list(chosen)))


def sizes(block: int) -> list[int]:
    """None, 1, a block less one, a block, a block and one, and a prime of two blocks and more."""
    prime = next(n for n in range(2 * block + 2, 4 * block + 3) if all(n % d for d in range(2, int(n**0.5) + 1)))
    return [0, 1, block - 1, block, block + 1, prime]
