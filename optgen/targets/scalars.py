"""Scalar code on the host: plain Python floats, double precision."""

from __future__ import annotations

from optgen.ir.nodes import Expr

from .printer import Precedence, Printer, Text

_FUNCTIONS = {
    "sqrt": "math.sqrt({})",
    "exp": "math.exp({})",
    "log": "math.log({})",
    "abs": "abs({})",
    "sign": "float(({0} > 0) - ({0} < 0))",
    "max": "max({}, {})",
    "min": "min({}, {})",
}


class ScalarPrinter(Printer):
    """Prints what is computed once: functions of the math module, conditional expressions."""

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A call of the math module or a builtin."""
        return _FUNCTIONS[op].format(*map(self, operands)), Precedence.ATOM
