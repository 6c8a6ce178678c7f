"""Expressions as NumPy: arrays per element, Python floats for everything coarser."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from optgen.ir.nodes import Binary, Expr, Rate, Select
from optgen.passes.flags import without_flags
from optgen.passes.ranges import Ranges
from optgen.targets.printer import Precedence, Text
from optgen.targets.scalars import ScalarPrinter

_FUNCTIONS = {
    "sqrt": "np.sqrt({})",
    "exp": "np.exp({})",
    "log": "np.log({})",
    "cos": "np.cos({})",
    "floor": "np.floor({})",
    "abs": "np.abs({})",
    "sign": "np.sign({})",
    "max": "np.maximum({}, {})",
    "min": "np.minimum({}, {})",
    "and": "np.logical_and({}, {})",
    "or": "np.logical_or({}, {})",
    "not": "np.logical_not({})",
    "reduce_sum": "total({})",
    "reduce_mean": "mean({})",
    "reduce_norm": "norm({})",
    "reduce_max_abs": "max_abs({})",
}


class NumpyPrinter(ScalarPrinter):
    """Prints a spec's equations as NumPy expressions.

    A NumPy scalar of float64 would widen a float32 array, a Python float does not: so what is no array is a Python
    float, computed with `math`; and what has a value for each element is always an array.

    Args:
        rates: Rate of every name.
        names: What a name is printed as.
        ranges: Between which bounds coarse names lie.
        flags: Names that are flags; what stands in the other arm of one may not exist.
        like: Name of an array of the shape and dtype that arrays made of numbers get.
    """

    def __init__(
        self,
        rates: Mapping[str, Rate],
        names: Mapping[str, str],
        ranges: Ranges,
        flags: Collection[str],
        like: str = "grad",
    ) -> None:
        super().__init__(rates, names, ranges)
        self.flags, self.like = frozenset(flags), like

    def text(self, expr: Expr) -> Text:
        """The expression, with `np.logical_*` for connectives of arrays."""
        match expr:
            case Binary("and" | "or" as op, x, y) if self.is_fine(expr):
                return self.function(op, expr, x, y)
        return super().text(expr)

    def operand(self, expr: Expr, other: Expr, needed: Precedence) -> str:
        """One operand; beside an array, a choice may be a plain number, since what comes out is an array."""
        if isinstance(expr, Select) and not self.is_fine(expr.condition) and self._is_array(other):
            text, _ = self.conditional(expr, self.arm(expr, True), self.arm(expr, False))
            return f"({text})"
        return super().operand(expr, other, needed)

    def _is_array(self, expr: Expr) -> bool:
        """Whether an operand is an array as it is written."""
        return self.is_fine(expr) and not (isinstance(expr, Select) and not self.is_fine(expr.condition))

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A NumPy function of arrays, a reduction, or a scalar function."""
        if op.startswith("reduce_") or self.is_fine(expr):
            return _FUNCTIONS[op].format(*map(self, operands)), Precedence.ATOM
        return super().function(op, expr, *operands)

    def select(self, expr: Select) -> Text:
        """A conditional expression where one condition decides for all elements, else `np.where`."""
        if not self.is_fine(expr.condition):
            return self.conditional(expr, self._filled(expr, True), self._filled(expr, False))
        lifted = without_flags(expr, self.flags)
        if lifted != expr:
            return self.text(lifted)
        text = f"np.where({self(expr.condition)}, {self(expr.a)}, {self(expr.b)})"
        if not (self.is_fine(expr.a) or self.is_fine(expr.b)):
            text += f".astype({self.like}.dtype)"  # two Python floats would make float64
        return text, Precedence.ATOM

    def _filled(self, expr: Select, holds: bool) -> Text:
        """An arm; a number is spread over an array where the other arm is one."""
        text = self.arm(expr, holds)
        if not self.is_fine(expr) or self.is_fine(expr.a if holds else expr.b):
            return text
        return f"np.full_like({self.like}, {text[0]})", Precedence.ATOM
