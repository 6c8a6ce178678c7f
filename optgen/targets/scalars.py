"""Scalar code on the host: plain Python floats, double precision, never an exception."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Ref,
    Select,
    Unary,
)
from optgen.ir.rates import Rate
from optgen.passes.ranges import Ranges

from .printer import Precedence, Printer, Text

_FUNCTIONS = {
    "div": "ieee.divide({}, {})",
    "pow": "ieee.power({}, {})",
    "sqrt": "ieee.sqrt({})",
    "exp": "ieee.exp({})",
    "log": "ieee.log({})",
    "cos": "ieee.cos({})",
    "floor": "ieee.floor({})",
    "mod": "ieee.modulo({}, {})",
    "abs": "abs({})",
    "sign": "ieee.sign({})",
    "max": "ieee.maximum({}, {})",
    "min": "ieee.minimum({}, {})",
}
_SAFE = {"sqrt": "math.sqrt({})", "exp": "math.exp({})", "log": "math.log({})"}
_SAFE |= {"cos": "math.cos({})", "floor": "float(math.floor({}))"}


class ScalarPrinter(Printer):
    """Prints what is computed once: operators and the math module, where ranges show that they cannot raise.

    Elsewhere the same operation of the runtime's `ieee` module stands, which gives inf or NaN as arrays do.

    Args:
        rates: Rate of every name.
        names: What a name is printed as.
        ranges: Between which bounds the names lie.
    """

    def __init__(self, rates: Mapping[str, Rate], names: Mapping[str, str], ranges: Ranges) -> None:
        super().__init__(rates, names)
        self.ranges = ranges

    def text(self, expr: Expr) -> Text:
        """The expression; a division or power that may raise is a call."""
        match expr:
            case Binary("pow", Ref(), Const(power)) if power in (2, 3) and self._may_raise(expr):
                return " * ".join([self(expr.x)] * int(power)), Precedence.PRODUCT
            case Binary("div" | "pow" | "mod" as op, x, y) if self._may_raise(expr):
                return _FUNCTIONS[op].format(self(x), self(y)), Precedence.ATOM
        return super().text(expr)

    def _may_raise(self, expr: Binary) -> bool:
        """Whether Python's own operator may raise, or leave the real numbers."""
        return not self.is_fine(expr) and not self.ranges.safe(expr)

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A call of the math module, a builtin or the runtime."""
        safe = isinstance(expr, Unary | Binary) and self.ranges.safe(expr)
        form = _SAFE.get(op, _FUNCTIONS[op]) if safe else _FUNCTIONS[op]
        return form.format(*map(self, operands)), Precedence.ATOM

    def arm(self, expr: Select, holds: bool) -> Text:
        """An arm; what the condition says of the ranges holds in it."""
        with self._given(expr.condition, holds):
            return super().arm(expr, holds)

    @contextmanager
    def _given(self, condition: Expr, holds: bool) -> Iterator[None]:
        outside = self.ranges
        self.ranges = outside.given(condition, holds)
        try:
            yield
        finally:
            self.ranges = outside
