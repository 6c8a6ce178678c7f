"""Random numbers for compiled code of the CPU: the same bits as in NumPy and on a GPU.

Counter-based Philox-4x32 with ten rounds, see `noise`. All is made of what vectors do, without a call: one number at a
time takes nine times as long.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

from .cpu_functions import INLINE, log2

_LOG_2 = math.log(2.0)
_COS = [(-1) ** k / math.factorial(2 * k) for k in range(7)]
"""Coefficients of 1, x**2, x**4, ... in cos(x); for |x| < pi / 4, what follows is below 4e-13."""
_SIN = [(-1) ** k / math.factorial(2 * k + 1) for k in range(7)]
"""Coefficients of 1, x**2, x**4, ... in sin(x) / x; what follows is below 3e-14."""
_C0, _C1, _C2, _C3, _C4, _C5, _C6 = _COS
_S0, _S1, _S2, _S3, _S4, _S5, _S6 = _SIN


@njit(**INLINE)
def uniform(seed: int, step: int, tensor: int, element: int, draw: int, real: Any) -> Any:
    """A random number from 0 to 1, without 1."""
    return real(_share(_random_bits(seed, step, tensor, element, draw)[0]))


def normal(seed: int, step: int, tensor: int, element: int, draw: int, real: Any) -> Any:
    """A random number of the standard normal distribution, made in float64 by Box and Muller."""


@njit(**INLINE)
def _share(bits: Any) -> Any:
    """24 bits as a number from 0 to 1."""
    return np.float64(np.int64(bits >> np.uint64(8))) * 2.0**-24


@njit(**INLINE)
def _random_bits(seed: int, step: int, tensor: int, element: int, draw: int) -> Any:
    """Twice 32 random bits of an element."""
    mask, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    a = np.uint64(element) & mask
    b = (np.uint64(element) >> half) | np.uint64(draw << 16)
    c, d = np.uint64(step) & mask, np.uint64(tensor)
    low, high = np.uint64(seed) & mask, np.uint64(seed) >> half
    for _ in range(10):
        x, y = a * np.uint64(0xD2511F53), c * np.uint64(0xCD9E8D57)
        a, b, c, d = (y >> half) ^ b ^ low, y & mask, (x >> half) ^ d ^ high, x & mask
        low, high = (low + np.uint64(0x9E3779B9)) & mask, (high + np.uint64(0xBB67AE85)) & mask
    return a, b


@njit(**INLINE)
def _cosine_of_turns(turns: Any) -> Any:
    """The cosine of 2 pi times a number from 0 to 1: to the nearest quarter, then Taylor's series."""
    quarter = np.floor(4.0 * turns + 0.5)
    angle = 0.5 * np.pi * (4.0 * turns - quarter)
    z = angle * angle
    cosine = _C0 + z * (_C1 + z * (_C2 + z * (_C3 + z * (_C4 + z * (_C5 + z * _C6)))))
    sine = _S0 + z * (_S1 + z * (_S2 + z * (_S3 + z * (_S4 + z * (_S5 + z * _S6)))))
    sideways = (quarter == 1.0) | (quarter == 3.0)
    size = angle * sine if sideways else cosine
    return -size if (quarter == 1.0) | (quarter == 2.0) else size


@njit(**INLINE)
def _normal(seed: int, step: int, tensor: int, element: int, draw: int) -> Any:
    """Rounded to float32: errors of the functions are far below what it shows.

    At a quarter and three quarters of a turn, once in eight million numbers, it is zero, where the cosine of a rounded
    angle is 1e-16.
    """
    first, second = _random_bits(seed, step, tensor, element, draw)
    radius = np.sqrt(-2.0 * _LOG_2 * log2(1.0 - _share(first)))
    return np.float32(radius * _cosine_of_turns(_share(second)))


@njit(error_model="numpy")
def _normal_double(seed: int, step: int, tensor: int, element: int, draw: int) -> Any:
    """With the functions of the C library."""
    first, second = _random_bits(seed, step, tensor, element, draw)
    return np.sqrt(-2.0 * np.log(1.0 - _share(first))) * np.cos(2.0 * np.pi * _share(second))


@overload(normal, strict=False, jit_options=INLINE)
def _normal_of(seed: Any, step: Any, tensor: Any, element: Any, draw: Any, real: Any) -> Any:
    if real.dtype == types.float32:
        return lambda seed, step, tensor, element, draw, real: _normal(seed, step, tensor, element, draw)
    return lambda seed, step, tensor, element, draw, real: _normal_double(seed, step, tensor, element, draw)
