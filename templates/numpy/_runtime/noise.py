"""Random numbers for NumPy: the same bits as on a GPU, whatever the launch.

Counter-based Philox-4x32 with ten rounds: the key is the seed, the counter is made of the element, the number of the
draw within the spec, the step and the tensor. Salmon et al. 2011, Parallel Random Numbers: As Easy as 1, 2, 3.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_ROUND = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def uniform(like: Array, seed: int, t: int, tensor: int, draw: int) -> Array:
    """Numbers from 0 to 1, without 1, on a grid of 2**-24, which float32 holds exactly.

    Args:
        like: Array of the shape and dtype that the numbers shall have.
        seed: Key of the generator.
        t: Number of the step.
        tensor: Number of the tensor.
        draw: Number of the draw within the spec.
    """
    numbers = _share(_bits(like.size, seed, t, tensor, draw)[0]).reshape(like.shape).astype(like.dtype)
    below_one = 1 - np.finfo(like.dtype).epsneg  # float16 rounds some of them up
    below: Array = np.minimum(numbers, below_one, dtype=like.dtype)
    return below


def normal(like: Array, seed: int, t: int, tensor: int, draw: int) -> Array:
    """Numbers of the standard normal distribution, made in float64 by Box and Muller; arguments as for `uniform`."""
    first, second, _, _ = _bits(like.size, seed, t, tensor, draw)
    radius = np.sqrt(-2.0 * np.log(1.0 - _share(first)))
    return (radius * np.cos(2.0 * math.pi * _share(second))).reshape(like.shape).astype(like.dtype)


def _share(bits: Array) -> Array:
    return (bits >> np.uint64(8)).astype(np.float64) * 2.0**-24


def _bits(count: int, seed: int, t: int, tensor: int, draw: int) -> tuple[Array, Array, Array, Array]:
    """Four arrays of 32 random bits, held in uint64 so that products are whole."""
    element = np.arange(count, dtype=np.uint64)
    a, b = element & _LOW, (element >> _HALF) | np.uint64(draw << 16)
    c, d = np.full_like(a, t & 0xFFFFFFFF), np.full_like(a, tensor)
    low, high = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        x, y = a * _ROUND[0], c * _ROUND[1]
        a, b, c, d = (y >> _HALF) ^ b ^ np.uint64(low), y & _LOW, (x >> _HALF) ^ d ^ np.uint64(high), x & _LOW
        low, high = (low + _KEY[0]) & 0xFFFFFFFF, (high + _KEY[1]) & 0xFFFFFFFF
    return a, b, c, d
