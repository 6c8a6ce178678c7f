"""Functions of numbers that compiled code for the CPU calls, and that Numba lacks."""

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
