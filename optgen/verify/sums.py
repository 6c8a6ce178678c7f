"""What a reduction makes of the errors of its operands, and of its own roundings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .balls import Ball
from .precision import LARGEST_DOUBLE, LARGEST_SINGLE, Precision


def reduced(op: str, x: Ball, axes: tuple[int, ...] | None, precision: Precision) -> Ball:
    """A reduction of everything, or along some axes: errors of the operands add up, and each addition rounds.

    A norm is off by the norm of the errors, by the triangle inequality.
    """
    magnitude, error = np.abs(x.value), x.error
    along: dict[str, Any] = {"axis": axes, "keepdims": axes is not None}
    if np.isfinite(magnitude).all() and not np.isfinite(np.sum(magnitude**2, **along)).all():
        error = np.full(np.shape(error), np.inf)
    count = magnitude.size if axes is None else math.prod(magnitude.shape[axis] for axis in axes)
    one_by_one = precision.chains or (axes is not None and not precision.trees)
    unit = (max(0, count - 1) if one_by_one else _levels(count)) * precision.accumulate
    largest = LARGEST_DOUBLE if precision.accumulate == precision.coarse else LARGEST_SINGLE
    positive = np.all(np.broadcast_to(x.never_negative, magnitude.shape), **along)
    match op:
        case "sum":
            total = Ball(np.sum(x.value, **along), np.sum(error, **along), positive)
            return enlarged(total, unit * np.sum(magnitude, **along), largest)
        case "mean":
            value, spread, size = (np.divide(np.sum(a, **along), count) for a in (x.value, error, magnitude))
            return enlarged(Ball(value, spread, positive), (unit + precision.coarse) * size, largest)
        case "max" | "max_abs":
            values = x.value if op == "max" else magnitude
            return Ball(np.max(values, initial=0.0, **along), np.max(error, initial=0.0, **along), True)
        case "norm":
            value = np.sqrt(np.sum(magnitude**2, **along))
            norm = Ball(value, np.sqrt(np.sum(error**2, **along)), True)
            return enlarged(norm, (unit + 2 * precision.coarse) * value, largest)
    raise NotImplementedError(op)


def enlarged(ball: Ball, more: Any, largest: float) -> Ball:
    """A larger error; an infinite one where the result may overflow, none where it is infinite or NaN itself."""
    error = ball.error + more
    if not np.all(np.abs(ball.value) + error <= largest):
        special = ~np.isfinite(ball.value)
        error = np.where(np.abs(ball.value) + error <= largest, error, np.inf)
        error = np.where(special, np.where(np.isfinite(ball.error), 0.0, np.inf), error)
    return Ball(ball.value, error, ball.natural)


def _levels(count: int) -> int:
    """Partial results that a number is added to on its way into a sum: each addition rounds once.

    NumPy adds in eight rows up to 128 numbers, and pairs of such sums beyond. A GPU adds what each of its 128 threads
    holds of a block, eight numbers of 1024, and then in a tree of seven levels; blocks are added in float64.
    """
    rows = math.ceil(count / 8) + 2 if count <= 128 else 18 + math.ceil(math.log2(count / 128))
    threads = math.ceil(max(count, 1024) / 128) - 1 + 7
    return max(0, min(count - 1, max(threads, rows)))
