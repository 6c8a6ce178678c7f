"""How far rounding alone may carry a result: a running error analysis of the IR.

Every operation of a program rounds its result by at most `u` times its magnitude (`u` is half an ulp for a correctly
rounded operation), and passes on the errors of its operands to first order and, where that is cheap, exactly. Values and
their bounds are computed side by side in float64, for the very inputs that were used. What comes out is a bound for each
element, from the equations and the precision only, so that it neither hides a wrong formula where the true error is
small nor rejects an honest kernel where cancellation makes it large.

References: Higham, Accuracy and Stability of Numerical Algorithms, chapter 3.3 (running error analysis).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.ir.nodes import (
    COMPARISON,
    Binary,
    Const,
    Expr,
    Program,
    Rate,
    Reduce,
    Ref,
    Role,
    Select,
    Unary,
)
from optgen.passes.rates import Rates, rate, rates

Array = NDArray[Any]


@dataclass(frozen=True)
class Precision:
    """How a target rounds.

    Attributes:
        element: Unit roundoff of per-element arithmetic.
        smallest: Smallest positive number of that arithmetic: the error of an underflow.
        coarse: Unit roundoff of what is computed once a step or tensor.
        division: Error of a division, in units of `element`.
        root: Error of a square root, in units of `element`.
        function: Error of exponentials, logarithms and powers, in units of `element`.
        accumulate: Unit roundoff of sums within a reduction.
    """

    element: float
    smallest: float
    coarse: float = 2.0**-53
    division: float = 1.0
    root: float = 1.0
    function: float = 4.0
    accumulate: float = 2.0**-53


FLOAT64 = Precision(2.0**-53, 2.0**-1074)
FLOAT32 = Precision(2.0**-24, 2.0**-149)
INTERPRETED = Precision(2.0**-24, 2.0**-149, accumulate=2.0**-24)
# `/` is div.full.f32 (2 ulp) and tl.sqrt is sqrt.approx (1 ulp and a flush of subnormals), by NVIDIA's PTX manual.
CUDA = Precision(2.0**-24, 2.0**-126, division=4.0, root=4.0, function=8.0, accumulate=2.0**-24)

_TREE = 24  # a sum by blocks of 1024 adds each number to at most this many partial results


@dataclass(frozen=True)
class Ball:
    """Values, and how far the computed ones may lie from them. For conditions: truth, and 1 where it is uncertain."""

    value: Any
    error: Any


def bounds(
    program: Program, precision: Precision, values: Mapping[str, Any], flags: Mapping[str, bool]
) -> dict[str, Array]:
    """Bound the rounding error of every output.

    Args:
        program: What the target computes, in its own order of operations.
        precision: How it rounds.
        values: Each input by name: arrays of exact float64 values, numbers.
        flags: Value of each flag.

    Returns:
        For each output series that the flags want, the largest absolute error that rounding explains, an element each.
    """
    analysis = _Analysis(program, precision, values, flags)
    with np.errstate(all="ignore"):
        for let in program.body:
            if all(flags[name] is wanted for name, wanted in let.guard):
                analysis.known[let.name] = analysis.ball(let.expr)
    size = next(np.size(values[i.name]) for i in program.inputs if i.role is Role.PARAM)
    found = {}
    for output in program.outputs:
        if all(flags[name] is wanted for name, wanted in output.guard):
            found[output.series] = np.broadcast_to(analysis.known[output.value].error, (size,))
    return found


class _Analysis:
    def __init__(
        self, program: Program, precision: Precision, values: Mapping[str, Any], flags: Mapping[str, bool]
    ) -> None:
        self.precision = precision
        self.rates: Rates = rates(program)
        self.flags = flags
        self.known = {name: Ball(np.asarray(value, np.float64), 0.0) for name, value in values.items()}
        self.known |= {name: Ball(value, 0.0) for name, value in flags.items()}

    def ball(self, expr: Expr) -> Ball:
        """The value of an expression and its bound."""
        fine = rate(expr, self.rates) is Rate.ELEMENT
        match expr:
            case Const(value):
                return Ball(np.float64(float(value)), 0.0)
            case Ref(name):
                return self.known[name]
            case Select(condition, a, b):
                return self._select(self.ball(condition), a, b, fine)
            case Reduce(op, x):
                return self._reduce(op, self.ball(x))
            case Unary(op, x):
                return self._unary(op, self._operand(x, fine), fine)
            case Binary(op, x, y) if op in COMPARISON:
                return _compare(op, self._operand(x, fine), self._operand(y, fine))
            case Binary("and" | "or" as op, x, y):
                return _connect(op, self.ball(x), self.ball(y))
            case Binary(op, x, y):
                return self._binary(op, self._operand(x, fine), self._operand(y, fine), fine)
        raise NotImplementedError(str(expr))

    def _operand(self, expr: Expr, fine: bool) -> Ball:
        """An operand; a coarse one is rounded to the element's precision when it meets elements."""
        ball = self.ball(expr)
        if fine and rate(expr, self.rates) is not Rate.ELEMENT:
            return Ball(ball.value, ball.error + self.precision.element * np.abs(ball.value))
        return ball

    def _rounded(self, value: Any, error: Any, fine: bool, factor: float = 1.0) -> Ball:
        """Add the rounding of the operation itself."""
        unit = self.precision.element if fine else self.precision.coarse
        smallest = self.precision.smallest if fine else 2.0**-1074
        return Ball(value, error + factor * unit * np.abs(value) + smallest)

    def _unary(self, op: str, x: Ball, fine: bool) -> Ball:
        precision = self.precision
        match op:
            case "neg":
                return Ball(-x.value, x.error)
            case "abs":
                return Ball(np.abs(x.value), x.error)
            case "not":
                return Ball(np.logical_not(x.value), x.error)
            case "sign":
                return Ball(np.sign(x.value), np.where((np.abs(x.value) <= x.error) & (x.error > 0), 2.0, 0.0))
            case "sqrt":
                root = np.sqrt(x.value)
                lower = np.sqrt(np.maximum(x.value - x.error, 0.0))
                error = np.where(x.error > 0, x.error / np.where(root + lower > 0, root + lower, 1.0), 0.0)
                error = np.where(root + lower > 0, error, np.sqrt(x.error))
                return self._rounded(root, error, fine, precision.root)
            case "exp":
                value = np.exp(x.value)
                return self._rounded(value, value * np.expm1(x.error), fine, precision.function)
            case "log":
                error = np.log1p(x.error / np.maximum(x.value - x.error, precision.smallest))
                return self._rounded(np.log(x.value), error, fine, precision.function)
        raise NotImplementedError(op)

    def _binary(self, op: str, x: Ball, y: Ball, fine: bool) -> Ball:
        match op:
            case "add":
                return self._rounded(x.value + y.value, x.error + y.error, fine)
            case "sub":
                return self._rounded(x.value - y.value, x.error + y.error, fine)
            case "mul":
                error = np.abs(x.value) * y.error + np.abs(y.value) * x.error + x.error * y.error
                return self._rounded(x.value * y.value, error, fine)
            case "div":
                value = x.value / y.value
                least = np.maximum(np.abs(y.value) - y.error, 0.0)
                error = (x.error + np.abs(value) * y.error) / least
                error = np.where((x.error == 0) & (y.error == 0), 0.0, error)
                return self._rounded(value, error, fine, self.precision.division)
            case "max" | "min":
                value = np.maximum(x.value, y.value) if op == "max" else np.minimum(x.value, y.value)
                return Ball(value, np.maximum(x.error, y.error))
            case "pow":
                value = np.power(x.value, y.value)
                slope = np.abs(y.value * np.power(x.value, y.value - 1.0)) * x.error
                slope = np.where(x.error > 0, slope, 0.0)
                curve = np.where(y.error > 0, np.abs(value * np.log(np.abs(x.value))) * y.error, 0.0)
                return self._rounded(value, 1.5 * (slope + curve), fine, self.precision.function)
        raise NotImplementedError(op)

    def _select(self, condition: Ball, a: Expr, b: Expr, fine: bool) -> Ball:
        """Only the chosen arm where one condition decides for all; a doubtful condition may choose either."""
        if np.ndim(condition.value) == 0 and not np.any(condition.error):
            return self._operand(a if condition.value else b, fine)
        x, y = self._operand(a, fine), self._operand(b, fine)
        error = np.where(condition.value, x.error, y.error)
        either = np.maximum(x.error, y.error) + np.abs(x.value - y.value)
        return Ball(np.where(condition.value, x.value, y.value), np.where(condition.error > 0, either, error))

    def _reduce(self, op: str, x: Ball) -> Ball:
        magnitude, error = np.abs(x.value), np.broadcast_to(x.error, np.shape(x.value))
        unit = self.precision.accumulate
        match op:
            case "sum":
                return Ball(np.sum(x.value), np.sum(error) + _TREE * unit * np.sum(magnitude))
            case "mean":
                return Ball(np.mean(x.value), np.mean(error) + (_TREE + 1) * unit * np.mean(magnitude))
            case "max":
                return Ball(np.max(x.value, initial=0.0), np.max(error, initial=0.0))
            case "max_abs":
                return Ball(np.max(magnitude, initial=0.0), np.max(error, initial=0.0))
            case "norm":
                norm = np.sqrt(np.sum(magnitude**2))
                return Ball(norm, np.sqrt(np.sum(error**2)) + (_TREE + 2) * unit * norm)
        raise NotImplementedError(op)


def _compare(op: str, x: Ball, y: Ball) -> Ball:
    function = {
        "lt": np.less,
        "le": np.less_equal,
        "gt": np.greater,
        "ge": np.greater_equal,
        "eq": np.equal,
        "ne": np.not_equal,
    }[op]
    error = np.asarray(x.error) + np.asarray(y.error)
    return Ball(function(x.value, y.value), np.where((np.abs(x.value - y.value) <= error) & (error > 0), 1.0, 0.0))


def _connect(op: str, x: Ball, y: Ball) -> Ball:
    function = np.logical_and if op == "and" else np.logical_or
    return Ball(function(x.value, y.value), np.maximum(x.error, y.error))


