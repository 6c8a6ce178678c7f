"""Arithmetic on values that are known up to an error: what an operation makes of the errors of its operands.

The rounding of the operation itself is added by `rounding`. Everything is NumPy, element by element, in float64.

Where a value is finite, the computed one lies within `error` of it. Where it is infinite or NaN, a finite error says
that the computed one is the same infinity or NaN for certain. An infinite error says that nothing is known: a divisor
that may be zero, a root of what may be negative, an overflow. Errors are never NaN.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Ball:
    """Values, and how far the computed ones may lie from them.

    Attributes:
        value: The values, in float64; of a condition, its truth.
        error: How far the computed ones may lie from them; of a condition, 1 where it is uncertain, else 0.
        natural: Where the computed ones are zero or more for certain, though an error may be larger than a value:
            rounding never changes a sign, so a sum of squares is not negative.
    """

    value: Any
    error: Any
    natural: Any = False

    @property
    def never_negative(self) -> Any:
        """Where the computed value is zero or more for certain."""
        return np.asarray(self.value - self.error >= 0) | self.natural

    @property
    def straddles(self) -> Any:
        """Whether the sign, or being zero or not, is uncertain."""
        return (np.abs(self.value) <= self.error) & (self.error > 0)


def zero(x: Ball) -> Any:
    """Where the computed value is zero for certain: False where it is nowhere."""
    exact = np.asarray(x.error) == 0
    return exact & (np.asarray(x.value) == 0) if exact.any() else False


def one(x: Ball) -> Any:
    """Where the computed value is one or minus one for certain: False where it is nowhere."""
    exact = np.asarray(x.error) == 0
    return exact & (np.abs(x.value) == 1) if exact.any() else False


def _is_finite(*arrays: Any) -> bool:
    """Whether every number is finite: then the formulas for reals hold as they stand."""
    return all(bool(np.isfinite(a).all()) for a in arrays)


def _certain(error: Any, value: Any, doubtful: Any, *operands: Ball) -> Any:
    """Errors of an operation in which something is not finite.

    Args:
        error: By the formula for reals.
        value: Result of the operation.
        doubtful: Where the kind of a result that is not finite depends on errors, or on the range of the dtype.
        operands: Where one of them is unknown, the result is.
    """
    unknown = np.zeros(np.shape(value), bool)
    for x in operands:
        unknown = unknown | np.isinf(x.error)
    special = ~np.isfinite(value)
    for x in operands:
        special = special | ~np.isfinite(x.value)
    error = np.where(special, np.where(doubtful, np.inf, 0.0), error)
    return np.where(unknown | np.isnan(error), np.inf, error)


def _overflow(value: Any, *operands: Ball) -> Any:
    """Where finite operands have an infinite result, as only floating point has."""
    overflow = np.isinf(value)
    for x in operands:
        overflow = overflow & np.isfinite(x.value) & np.isfinite(x.error)
    return overflow


def add(x: Ball, y: Ball) -> Ball:
    """The sum."""
    value, error = x.value + y.value, x.error + y.error
    if not _is_finite(value):
        error = _certain(error, value, _overflow(value, x, y), x, y)
    return Ball(value, error, x.never_negative & y.never_negative)


def subtract(x: Ball, y: Ball) -> Ball:
    """The difference."""
    return replace(add(x, negative(y)), natural=False)


def multiply(x: Ball, y: Ball) -> Ball:
    """The product; zero times infinity is NaN, and infinity keeps or loses its sign with the other operand's."""
    value = x.value * y.value
    error = np.abs(x.value) * y.error + np.abs(y.value) * x.error + x.error * y.error
    if not _is_finite(value, error):
        doubtful = (np.isinf(x.value) & y.straddles) | (np.isinf(y.value) & x.straddles)
        error = _certain(error, value, doubtful | _overflow(value, x, y), x, y)
    return Ball(value, error, x.never_negative & y.never_negative)


def square(x: Ball) -> Ball:
    """The product with itself, which is never negative."""
    return replace(multiply(x, x), natural=True)


def divide(x: Ball, y: Ball) -> Ball:
    """The quotient: |x'/y' - x/y| <= (e_x + |x/y| e_y) / (|y| - e_y), and nothing is known where y' may be zero."""
    value = np.divide(x.value, y.value)
    least = np.abs(y.value) - y.error
    error = np.where(least > 0, (x.error + np.abs(value) * y.error) / least, np.inf)
    if not _is_finite(value, error):
        by_zero = zero(y)
        doubtful = y.straddles | (by_zero & x.straddles) | (_overflow(value, x, y) & np.logical_not(by_zero))
        error = _certain(error, value, doubtful, x, y)
    return Ball(value, error, x.never_negative & y.never_negative)


def largest(x: Ball, y: Ball) -> Ball:
    """max(x, y), NaN wins: |max(x', y') - max(x, y)| <= max(e_x, e_y), and the error of one that is surely larger."""
    natural = x.never_negative | y.never_negative
    return Ball(np.maximum(x.value, y.value), _chosen(x, y, x.value - y.value), natural)


def smallest(x: Ball, y: Ball) -> Ball:
    """min(x, y), NaN wins."""
    natural = x.never_negative & y.never_negative
    return Ball(np.minimum(x.value, y.value), _chosen(x, y, y.value - x.value), natural)


def _chosen(x: Ball, y: Ball, lead: Any) -> Any:
    """The error of x where it leads by more than the errors, that of y where y does, else the larger."""
    margin = np.asarray(x.error) + y.error
    either = np.maximum(x.error, y.error)
    return np.where(lead > margin, x.error, np.where(-lead > margin, y.error, either))


def absolute(x: Ball) -> Ball:
    """|x|."""
    return Ball(np.abs(x.value), x.error, True)


def negative(x: Ball) -> Ball:
    """-x."""
    return Ball(np.negative(x.value), x.error)


def sign(x: Ball) -> Ball:
    """-1, 0 or 1, and any of them where x may be of another sign."""
    error = np.where(x.straddles, 2.0, 0.0)
    return Ball(np.sign(x.value), np.where(np.isinf(x.error), np.inf, error))


def root(x: Ball) -> Ball:
    """sqrt(x): sqrt(x) - sqrt(x - e) = e / (sqrt(x) + sqrt(x - e)); the whole root where x - e is below zero.

    What is negative for certain has no root for certain. What may turn out negative, a difference that should not be,
    may give NaN in one way and a number in another, so nothing is known.
    """
    value, lower, upper = np.sqrt(x.value), x.value - x.error, x.value + x.error
    parts = value + np.sqrt(np.maximum(lower, 0.0))
    error = np.where(np.asarray(x.error) > 0, x.error / np.where(parts > 0, parts, 1.0), 0.0)
    error = np.where(lower < 0, np.where(x.natural, np.sqrt(np.maximum(upper, 0.0)), np.inf), error)
    certain = (upper < 0) | (~np.isfinite(x.value) & np.isfinite(x.error))
    return Ball(value, np.where(certain, 0.0, error), True)


def exponential(x: Ball) -> Ball:
    """exp(x): exp(x + e) - exp(x) = exp(x) (exp(e) - 1)."""
    value = np.exp(x.value)
    error = value * np.expm1(x.error)
    if not _is_finite(value, error):
        error = _certain(error, value, _overflow(value, x), x)
    return Ball(value, error, True)


def cosine(x: Ball) -> Ball:
    """cos(x): its slope is at most one, and it never leaves -1 to 1."""
    value = np.cos(x.value)
    error = np.minimum(x.error, 2.0)
    if not _is_finite(value, x.error):
        error = _certain(error, value, False, x)
    return Ball(value, error)


def floor(x: Ball) -> Ball:
    """The whole number below: certain where no whole number lies within the errors."""
    value = np.floor(x.value)
    low, high = np.floor(np.asarray(x.value) - x.error), np.floor(np.asarray(x.value) + x.error)
    error = np.maximum(high - value, value - low)
    if not _is_finite(value, error):
        error = _certain(error, value, False, x)
    return Ball(value, error, x.never_negative)


def modulo(x: Ball, y: Ball) -> Ball:
    """X % y = x - y * floor(x / y); anything below y where it is not certain how often y fits."""
    times = floor(divide(x, y))
    value = np.mod(x.value, y.value)
    error = x.error + np.abs(times.value) * y.error
    error = np.where(np.asarray(times.error) > 0, np.abs(y.value) + y.error, error)
    if not _is_finite(value, error):
        error = _certain(error, value, False, x, y)
    return Ball(value, error, y.never_negative)


def logarithm(x: Ball) -> Ball:
    """log(x): log(x) - log(x - e) = log1p(e / (x - e))."""
    value, lower = np.log(x.value), np.asarray(x.value) - x.error
    error = np.where(lower > 0, np.log1p(x.error / lower), np.inf)
    certain = ((np.asarray(x.value) + x.error < 0) | (np.asarray(x.error) == 0)) & ~np.isfinite(value)
    certain |= np.isfinite(x.error) & ~np.isfinite(x.value)
    return Ball(value, np.where(certain, 0.0, np.where(np.isnan(error), np.inf, error)))


def power(x: Ball, y: Ball) -> Ball:
    """The power x**y.

    Its logarithm is off by d = (|y| + e_y) log1p(e_x / (|x| - e_x)) + e_y |log|x||, so it by x**y (exp(d) - 1).

    A base that may be zero is known only under a positive exponent: it and the computed power lie between 0 and
    (|x| + e_x)**y. A negative base wants an exact whole exponent.
    """
    value = np.power(x.value, y.value)
    size, lower = np.abs(x.value), np.abs(x.value) - x.error
    drift = (np.abs(y.value) + y.error) * np.log1p(x.error / np.where(lower > 0, lower, 1.0))
    drift = drift + np.where(np.asarray(y.error) > 0, y.error * np.abs(np.log(np.where(size > 0, size, 1.0))), 0.0)
    error = np.abs(value) * np.expm1(drift)
    near_zero = np.where(np.asarray(y.value) - y.error > 0, np.power(size + x.error, y.value) + np.abs(value), np.inf)
    exact_zero = (size == 0) & (np.asarray(x.error) == 0) & ~y.straddles
    error = np.where(lower > 0, error, np.where(exact_zero, 0.0, near_zero))
    whole = (np.asarray(y.error) == 0) & (np.asarray(y.value) == np.rint(y.value))
    no_power = (x.value + x.error < 0) & (np.asarray(y.error) == 0)
    error = np.where((x.value - x.error < 0) & ~whole & ~no_power, np.inf, error)
    if not _is_finite(value, error):
        doubtful = ~exact_zero & (np.isinf(error) | y.straddles | _overflow(value, x, y))
        error = _certain(error, value, doubtful, x, y)
    even = whole & (np.asarray(y.value) % 2 == 0)
    return Ball(value, error, even | x.never_negative)


def compare(op: str, x: Ball, y: Ball) -> Ball:
    """A comparison, uncertain where the operands are closer than their errors."""
    functions = {
        "lt": np.less,
        "le": np.less_equal,
        "gt": np.greater,
        "ge": np.greater_equal,
        "eq": np.equal,
        "ne": np.not_equal,
    }
    error = np.asarray(x.error) + np.asarray(y.error)
    doubtful = (error > 0) & ((np.abs(x.value - y.value) <= error) | np.isinf(error))
    return Ball(functions[op](x.value, y.value), np.where(doubtful, 1.0, 0.0))


def both(x: Ball, y: Ball) -> Ball:
    """Conjunction: certain where one is certainly false."""
    certain = (~np.asarray(x.value) & (np.asarray(x.error) == 0)) | (~np.asarray(y.value) & (np.asarray(y.error) == 0))
    return Ball(np.logical_and(x.value, y.value), np.where(certain, 0.0, np.maximum(x.error, y.error)))


def either(x: Ball, y: Ball) -> Ball:
    """Disjunction: certain where one is certainly true."""
    certain = (np.asarray(x.value) & (np.asarray(x.error) == 0)) | (np.asarray(y.value) & (np.asarray(y.error) == 0))
    return Ball(np.logical_or(x.value, y.value), np.where(certain, 0.0, np.maximum(x.error, y.error)))


def select(condition: Ball, x: Ball, y: Ball) -> Ball:
    """A choice; where the condition is uncertain, the computed value may come from either arm."""
    value, other = np.where(condition.value, x.value, y.value), np.where(condition.value, y.value, x.value)
    error = np.where(condition.value, x.error, y.error)
    apart = np.maximum(x.error, y.error) + np.abs(value - other)
    same = (value == other) | (np.isnan(value) & np.isnan(other))
    apart = np.where(np.isfinite(apart), apart, np.where(same, np.maximum(x.error, y.error), np.inf))
    natural = x.never_negative & y.never_negative
    return Ball(value, np.where(np.asarray(condition.error) > 0, apart, error), natural)
