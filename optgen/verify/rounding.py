"""An operation and the rounding of its own result, or of a number that is stored in fewer digits.

A result is off by at most `u` times its magnitude, where `u` is half an ulp for an operation that is rounded correctly,
and by no more than the smallest number where it underflows. What is fine, an element or what a line has, is computed in
the precision of elements, and anything coarser in double precision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from . import balls
from .balls import Ball
from .precision import LARGEST_DOUBLE, Precision
from .sums import enlarged

_UNARY: dict[str, Callable[[Ball], Ball]] = {
    "neg": balls.negative,
    "abs": balls.absolute,
    "sign": balls.sign,
    "sqrt": balls.root,
    "exp": balls.exponential,
    "log": balls.logarithm,
    "cos": balls.cosine,
    "floor": balls.floor,
}
_BINARY: dict[str, Callable[[Ball, Ball], Ball]] = {
    "add": balls.add,
    "sub": balls.subtract,
    "mul": balls.multiply,
    "div": balls.divide,
    "max": balls.largest,
    "min": balls.smallest,
    "pow": balls.power,
    "mod": balls.modulo,
    "and": balls.both,
    "or": balls.either,
}
_EXACT = ("neg", "abs", "sign", "max", "min", "and", "or")


def unary(op: str, x: Ball, precision: Precision, fine: bool) -> Ball:
    """An operation on one operand."""
    if op == "sqrt" and fine and precision.flushed:
        flushed = np.abs(x.value) - x.error < precision.flushed
        x = Ball(x.value, np.where(flushed, x.error + np.abs(x.value), x.error), x.never_negative)
    ball = _UNARY[op](x)
    match op:
        case "sqrt":
            return rounded(ball, precision, fine, precision.root, exact=balls.zero(x))
        case "cos":
            return rounded(ball, precision, fine, precision.cosine if fine else precision.host)
        case "log":
            return rounded(ball, precision, fine, _function(precision, fine))
        case "exp":
            return rounded(ball, precision, fine, _function(precision, fine) + precision.exponent * np.abs(x.value))
    return ball


def binary(op: str, x: Ball, y: Ball, precision: Precision, fine: bool) -> Ball:
    """An operation on two operands."""
    ball = _BINARY[op](x, y)
    if op in _EXACT:
        return ball
    match op:
        case "add" | "sub":
            return rounded(ball, precision, fine, underflow=0.0, exact=balls.zero(x) | balls.zero(y))
        case "mul":
            exact = balls.zero(x) | balls.zero(y)
            if not precision.flushed:  # a product with one is the other number, if subnormal ones are kept
                exact = exact | balls.one(x) | balls.one(y)
            return rounded(ball, precision, fine, exact=exact)
        case "div":
            return rounded(ball, precision, fine, precision.division, exact=balls.zero(x))
    return rounded(ball, precision, fine, _function(precision, fine), exact=balls.zero(x))


def _function(precision: Precision, fine: bool) -> float:
    return precision.function if fine else precision.host


def square(x: Ball, precision: Precision, fine: bool) -> Ball:
    """A product of a value with itself."""
    return rounded(balls.square(x), precision, fine, exact=balls.zero(x))


def rounded(
    ball: Ball, precision: Precision, fine: bool, factor: Any = 1.0, underflow: float = 1.0, exact: Any = False
) -> Ball:
    """The result of an operation, rounded as the operation rounds.

    Args:
        ball: The result without it.
        precision: How the way to compute rounds.
        fine: Whether it has the precision of elements.
        factor: Its error in units of roundoff.
        underflow: Its error in units of the smallest number: 0 for sums, which are exact where they are subnormal.
        exact: Where it does not round at all.
    """
    unit, smallest, largest = precision.coarse, 2.0**-1074, LARGEST_DOUBLE
    if fine:
        unit, smallest, largest = precision.element, precision.smallest, precision.largest
    more = factor * unit * np.abs(ball.value) + underflow * smallest
    return enlarged(ball, more if exact is False else np.where(exact, 0.0, more), largest)


def shortened(ball: Ball, precision: Precision) -> Ball:
    """A number rounded to the element's precision.

    All that a single number may be is mostly nearest to one number there, so that it is known exactly: then a
    threshold such as twice a hyper-parameter leaves no doubt at equality.
    """
    if precision.element == precision.coarse or np.asarray(ball.value).dtype == bool:
        return ball
    if np.ndim(ball.value) == 0 and np.isfinite(ball.value):
        number = np.dtype(precision.dtype).type
        least, most = number(ball.value - ball.error), number(ball.value + ball.error)
        if least == most:
            return replace(ball, error=np.abs(np.float64(least) - ball.value))
    unit = precision.element
    return enlarged(ball, unit * np.abs(ball.value) + precision.smallest, precision.largest)
