"""Functions of numbers that compiled code for the CPU calls: those that Numba lacks, and random numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from .cpu_memory import larger, load, plus, to_number


@njit(error_model="numpy")
def maximum(x: Any, y: Any) -> Any:
    """The larger of two; NaN wins, as in NumPy."""
    return x if x >= y or x != x else y


@njit(error_model="numpy")
def minimum(x: Any, y: Any) -> Any:
    """The smaller of two; NaN wins, as in NumPy."""
    return x if x <= y or x != x else y


@njit(error_model="numpy")
def sign(x: Any) -> Any:
    """-1, 0 or 1; NaN stays NaN."""
    return np.sign(x)


@njit(error_model="numpy")
def uniform(seed: int, step: int, tensor: int, element: int, draw: int, real: Any) -> Any:
    """A random number from 0 to 1, without 1: the same bits as in NumPy and on a GPU."""
    return real(_share(_random_bits(seed, step, tensor, element, draw)[0]))


@njit(error_model="numpy")
def normal(seed: int, step: int, tensor: int, element: int, draw: int, real: Any) -> Any:
    """A random number of the standard normal distribution, made in float64 by Box and Muller."""
    first, second = _random_bits(seed, step, tensor, element, draw)
    radius = np.sqrt(-2.0 * np.log(1.0 - _share(first)))
    return real(radius * np.cos(2.0 * np.pi * _share(second)))


@njit(error_model="numpy")
def _share(bits: Any) -> float:
    """24 bits as a number from 0 to 1."""
    return float(np.int64(bits >> np.uint64(8))) * 2.0**-24


@njit(error_model="numpy")
def _random_bits(seed: int, step: int, tensor: int, element: int, draw: int) -> Any:
    """Twice 32 random bits of an element: Philox-4x32 with ten rounds, and the seed as key."""
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


@njit(error_model="numpy")
def sum_values(address: int, first: int, count: int, real: Any) -> float:
    """The sum of some numbers that lie behind each other, in float64."""
    total = 0.0
    for i in range(first, first + count):
        total = plus(total, load(address, i, real, real))
    return total


@njit(error_model="numpy")
def max_values(address: int, first: int, count: int, real: Any) -> Any:
    """The largest of some numbers that are 0 or above; NaN wins."""
    found = 0
    for i in range(first, first + count):
        found = larger(found, load(address, i, real, real))
    return to_number(found)
