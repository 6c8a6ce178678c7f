"""Expressions as NumPy: arrays per element, Python floats for everything coarser."""

from __future__ import annotations

from optgen.ir.nodes import Binary, Expr, Select
from optgen.targets.printer import Precedence, Text
from optgen.targets.scalars import ScalarPrinter

_FUNCTIONS = {
    "sqrt": "np.sqrt({})",
    "exp": "np.exp({})",
    "log": "np.log({})",
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
    float, computed with `math`.
    """

    def text(self, expr: Expr) -> Text:
        """The expression, with `np.logical_*` for connectives of arrays."""
        match expr:
            case Binary("and" | "or" as op, x, y) if self.is_fine(expr):
                return self.function(op, expr, x, y)
        return super().text(expr)

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A NumPy function of arrays, a reduction, or a scalar function."""
        if op.startswith("reduce_") or self.is_fine(expr):
            return _FUNCTIONS[op].format(*map(self, operands)), Precedence.ATOM
        return super().function(op, expr, *operands)

    def select(self, expr: Select) -> Text:
        """A conditional expression where one condition decides for all elements, else `np.where`."""
        if not self.is_fine(expr.condition):
            return self.conditional(expr)
        text = f"np.where({self(expr.condition)}, {self(expr.a)}, {self(expr.b)})"
        if not (self.is_fine(expr.a) or self.is_fine(expr.b)):
            text += ".astype(grad.dtype)"  # two Python floats would make float64
        return text, Precedence.ATOM
