"""Arithmetic on Python floats as IEEE 754 has it, and GPUs: what overflows or has no value is inf or NaN.

Python's own operators raise there, or leave the real numbers: `(-8.0) ** (1 / 3)` is complex.
"""

from __future__ import annotations

import math


def divide(x: float, y: float) -> float:
    """`x / y`."""
    if y != 0:
        return x / y
    if x == 0 or math.isnan(x):
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def power(x: float, y: float) -> float:
    """`x ** y`; NaN for a negative number to a power that is not whole."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:  # a negative root, or zero to a negative power
        if x != 0:
            return math.nan
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf


def sqrt(x: float) -> float:
    """Square root; NaN below zero."""
    return math.nan if x < 0 else math.sqrt(x)


def exp(x: float) -> float:
    """Exponential."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def log(x: float) -> float:
    """Natural logarithm; NaN below zero."""
    if x == 0:
        return -math.inf
    return math.nan if x < 0 else math.log(x)


def cos(x: float) -> float:
    """Cosine; NaN for an infinite angle."""
    return math.nan if math.isinf(x) else math.cos(x)


def floor(x: float) -> float:
    """The largest whole number that is not above."""
    return float(math.floor(x)) if math.isfinite(x) else x


def modulo(x: float, y: float) -> float:
    """What is left of x behind the largest whole multiple of y; of the sign of y, as in Python and NumPy."""
    return math.nan if y == 0 or math.isinf(x) else x % y


def sign(x: float) -> float:
    """-1, 0 or 1; NaN stays NaN."""
    return x if math.isnan(x) else float((x > 0) - (x < 0))


def maximum(x: float, y: float) -> float:
    """The larger of two; NaN wins."""
    return float(x if x > y or math.isnan(x) else y)


def minimum(x: float, y: float) -> float:
    """The smaller of two; NaN wins."""
    return float(x if x < y or math.isnan(x) else y)
