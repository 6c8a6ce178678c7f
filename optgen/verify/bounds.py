"""How far rounding alone may carry a result: a running error analysis of the IR.

Every operation of a program rounds its result (see `rounding`), and passes on the errors of its operands (see
`balls`). Values and their errors are computed side by side in float64, for the very inputs that were used. What comes
out is a bound for each element, from the equations and the precision only, so that it neither hides a wrong formula
where the true error is small nor rejects an honest kernel where cancellation makes it large.

References: Higham, Accuracy and Stability of Numerical Algorithms, chapter 3.3 (running error analysis).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from optgen.ir.nodes import (
    COMPARISON,
    Binary,
    Const,
    Expr,
    Output,
    Pi,
    Program,
    Reduce,
    Ref,
    Role,
    Select,
    Unary,
    walk,
)
from optgen.ir.rates import REDUCED, Over, Rate
from optgen.passes.rates import Rates, rate, rates

from . import balls
from .balls import Ball
from .layout import Layout
from .precision import Precision
from .rounding import binary, rounded, shortened, square, unary
from .sums import reduced

Array = NDArray[Any]
T = TypeVar("T")


class Analysis:
    """Bounds the rounding errors of one program in one precision.

    Args:
        program: What the target computes, in its own order of operations.
        precision: How it rounds.
    """

    def __init__(self, program: Program, precision: Precision) -> None:
        self.program, self.precision = program, precision
        self.names: Rates = rates(program)
        self.tensors: list[_Tensor] = []
        self.at = 0

    @cached_property
    def rates(self) -> dict[int, Rate]:
        """The rate of every node, by its identity: nodes live as long as the program does."""
        return {id(node): rate(node, self.names) for let in self.program.body for node in walk(let.expr)}

    def bounds(
        self, values: Mapping[str, Any], flags: Mapping[str, bool], noise: Mapping[str, Any] = MappingProxyType({})
    ) -> dict[str, Array]:
        """Bound the rounding error of every output.

        Args:
            values: Each input by name: arrays of exact float64 values, numbers.
            flags: Value of each flag.
            noise: Random numbers by name of the input, and what making them may add in units of roundoff.

        Returns:
            For each output series that the flags want, the largest absolute error that rounding explains, an element
            each: infinite where nothing is known.
        """
        return self.bounds_of_all([values], flags, [noise])[0]

    def bounds_of_all(
        self,
        values: Sequence[Mapping[str, Any]],
        flags: Mapping[str, bool],
        noise: Sequence[Mapping[str, Any]],
    ) -> list[dict[str, Array]]:
        """The same for tensors that are updated together: everything with an entry for each."""
        first = next(i for i in self.program.inputs if i.role is Role.PARAM or i.rate is Rate.ELEMENT)
        self.tensors = [
            _Tensor(
                {name: Ball(np.asarray(value, np.float64), 0.0) for name, value in own.items()}
                | {name: Ball(np.bool_(value), 0.0) for name, value in flags.items()}
                | {name: Ball(value, self.precision.element * units) for name, (value, units) in drawn.items()},
                np.shape(own[first.name]),
            )
            for own, drawn in zip(values, noise, strict=True)
        ]
        wanted = [o for o in self.program.outputs if all(flags[name] is value for name, value in o.guard)]
        with np.errstate(all="ignore"):
            for let in self.program.body:
                if all(flags[name] is wanted for name, wanted in let.guard):
                    for tensor, ball in zip(self.tensors, self._each(let.expr), strict=True):
                        tensor.known[let.name] = ball
            return [
                self._at(number, lambda: {o.series: self._stored(o) for o in wanted})
                for number in range(len(self.tensors))
            ]

    def _each(self, expr: Expr) -> list[Ball]:
        """An expression for each tensor."""
        return [self._at(number, lambda: self.ball(expr)) for number in range(len(self.tensors))]

    def _at(self, number: int, look: Callable[[], T]) -> T:
        """What is found while one of the tensors is looked at."""
        before, self.at = self.at, number
        try:
            return look()
        finally:
            self.at = before

    @property
    def known(self) -> dict[str, Ball]:
        """What is known of the tensor that is looked at."""
        return self.tensors[self.at].known

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the tensor that is looked at."""
        return self.tensors[self.at].shape

    def _stored(self, output: Output) -> Array:
        """The error of an output in the precision that keeps it: of a number, double."""
        ball = self.known[output.value]
        if output.rate < Rate.ROW:
            return np.asarray(ball.error, np.float64)
        coarse = self.names[output.value] < Rate.ROW
        error = (shortened(ball, self.precision) if coarse else ball).error
        return np.broadcast_to(error, Layout((self.shape,), self.program.view).shape(self.shape, output.rate))

    def ball(self, expr: Expr) -> Ball:
        """The value of an expression and its error."""
        match expr:
            case Const(value):
                nearest = float(value)
                return Ball(np.float64(nearest), 0.0 if nearest == value else self.precision.coarse * abs(nearest))
            case Pi():
                return Ball(np.float64(np.pi), self.precision.coarse * np.pi)
            case Ref(name):
                return self.known[name]
            case Reduce(op, x, Over.ALL):
                return reduced(op, self._gathered(x), None, self.precision)
            case Reduce(op, x, over):
                axes = None if over is Over.TENSOR else self._axes(over)
                ball = reduced(op, self._spread(self.ball(x)), axes, self.precision)
                exact = over is Over.TENSOR or op in ("max", "max_abs")
                return ball if exact else rounded(ball, self.precision, self._is_fine(expr))
            case Select(condition, a, b):
                return self._select(self.ball(condition), a, b, expr)
            case Unary("not", x):
                ball = self.ball(x)
                return Ball(np.logical_not(ball.value), ball.error)
            case Unary(op, x):
                return unary(op, self._operand(x, expr), self.precision, self._is_fine(expr))
            case Binary(op, x, y) if op in COMPARISON:
                return balls.compare(op, self._operand(x, expr), self._operand(y, expr))
            case Binary("mul", Ref(x), Ref(y)) if x == y:
                return square(self._operand(expr.x, expr), self.precision, self._is_fine(expr))
            case Binary(op, x, y):
                own, other = self._operand(x, expr), self._operand(y, expr)
                return binary(op, own, other, self.precision, self._is_fine(expr))
        raise NotImplementedError(str(expr))

    def _is_fine(self, expr: Expr) -> bool:
        """Whether an operation is done for elements or lines, in their precision."""
        return self.rates[id(expr)] >= Rate.ROW

    def _operand(self, expr: Expr, user: Expr) -> Ball:
        """An operand; a coarse one is rounded to the element's precision when it meets elements.

        So is, in a kernel, a name that code at tensor rate reads: it may be an argument of the launch, or have been
        stored by an earlier one.
        """
        ball, level = self.ball(expr), self.rates[id(expr)]
        meets = self._is_fine(user) and level < Rate.ROW
        between = self.rates[id(user)] in (Rate.GLOBAL, Rate.TENSOR)
        launched = self.precision.launches and between and isinstance(expr, Ref)
        return shortened(ball, self.precision) if meets or launched else ball

    def _select(self, condition: Ball, a: Expr, b: Expr, expr: Expr) -> Ball:
        """Only the chosen arm where the condition decides alike for all: the other may not even exist."""
        if not np.any(condition.error) and (np.all(condition.value) or not np.any(condition.value)):
            return self._operand(a if np.all(condition.value) else b, expr)
        return balls.select(condition, self._operand(a, expr), self._operand(b, expr))

    def _spread(self, x: Ball) -> Ball:
        """Values and errors for each element."""
        return Ball(np.broadcast_to(x.value, self.shape), np.broadcast_to(x.error, self.shape), x.natural)

    def _gathered(self, expr: Expr) -> Ball:
        """An expression for each element of all tensors."""
        parts = []
        for tensor, ball in zip(self.tensors, self._each(expr), strict=True):
            arrays = (np.asarray(ball.value, np.float64), ball.error, ball.natural)
            parts.append([np.broadcast_to(array, tensor.shape).ravel() for array in arrays])
        return Ball(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def _axes(self, over: Over) -> tuple[int, ...]:
        """The dimensions along which a matrix is reduced."""
        lines = Layout((self.shape,), self.program.view).shape(self.shape, REDUCED[over])
        return tuple(i for i, (kept, size) in enumerate(zip(lines, self.shape, strict=True)) if kept != size)


@dataclass(frozen=True)
class _Tensor:
    """What is known of the values of one tensor, and its shape."""

    known: dict[str, Ball]
    shape: tuple[int, ...]
