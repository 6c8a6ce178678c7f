"""The random numbers of a spec, exactly: Philox-4x32 on Python's whole numbers, and mpmath for the rest.

Nothing here is shared with the generated code, which draws them with NumPy and in kernels.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import mpmath
import numpy as np

from optgen.spec.functions import Draw, Normal

_MASK = 0xFFFFFFFF


def exact(draw: Draw, elements: Iterable[int], seed: int, t: int, tensor: int) -> list[Any]:
    """What a draw gives for some elements.

    Args:
        draw: As captured.
        elements: Their indices in the flat tensor.
        seed: Key of the generator.
        t: Number of the step.
        tensor: Number of the tensor.
    """
    number = int(draw.args[0])
    found = []
    for element in elements:
        counter = (element & _MASK, (element >> 32) | number << 16, t & _MASK, tensor)
        first, second, _, _ = philox(counter, (seed & _MASK, seed >> 32))
        share, angle = mpmath.mpf(first >> 8) / 2**24, mpmath.mpf(second >> 8) / 2**24
        if isinstance(draw, Normal):
            share = mpmath.sqrt(-2 * mpmath.log(1 - share)) * mpmath.cos(2 * mpmath.pi * angle)
        found.append(share)
    return found


def like(draw: Draw, count: int, seed: int, t: int, tensor: int) -> Any:
    """What a draw gives for the first elements, in float64."""
    return np.array([float(x) for x in exact(draw, range(count), seed, t, tensor)], np.float64)


def philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """Ten rounds of Philox-4x32, as in the paper: Salmon et al. 2011."""
    a, b, c, d = counter
    low, high = key
    for _ in range(10):
        x, y = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = (y >> 32) ^ b ^ low, y & _MASK, (x >> 32) ^ d ^ high, x & _MASK
        low, high = (low + 0x9E3779B9) & _MASK, (high + 0xBB67AE85) & _MASK
    return a, b, c, d
