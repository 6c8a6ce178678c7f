"""Expressions as Triton: float32 values per element, float64 once a tensor, Python floats on the host."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from optgen.ir.nodes import Binary, Const, Expr, Rate, Ref, Select, Unary, refs
from optgen.targets.printer import Precedence, Printer, Text
from optgen.targets.scalars import ScalarPrinter

_FUNCTIONS = {
    "sqrt": "tl.sqrt({})",
    "exp": "tl.exp({})",
    "log": "tl.log({})",
    "abs": "tl.abs({})",
    "sign": "sign({})",
    "max": "maximum({}, {})",
    "min": "minimum({}, {})",
    "pow": "power({}, {})",
}
HELPERS = ("sign", "maximum", "minimum", "power")
"""Device functions of the runtime that an expression may call."""


class DevicePrinter(Printer):
    """Prints what runs in a kernel.

    Args:
        rates: Rate of every name.
        names: What a name is printed as.
        flags: Names that are constants at compile time; a condition made of them chooses the code.
    """

    def __init__(self, rates: Mapping[str, Rate], names: Mapping[str, str], flags: Collection[str]) -> None:
        super().__init__(rates, names)
        self.flags = frozenset(flags)

    def text(self, expr: Expr) -> Text:
        """The expression; connectives of values are bitwise, powers are calls."""
        match expr:
            case Binary("and" | "or" as op, x, y) if not self._decided(expr):
                symbol = "&" if op == "and" else "|"
                return f"({self(x)}) {symbol} ({self(y)})", Precedence.COMPARISON
            case Unary("not", x) if not self._decided(expr):
                return f"~({self(x)})", Precedence.SIGN
            case Binary("pow", x, y):
                return self.function("pow", expr, x, y)
        return super().text(expr)

    def _decided(self, expr: Expr) -> bool:
        names = refs(expr)
        return bool(names) and self.flags.issuperset(names)

    def is_fine(self, expr: Expr) -> bool:
        """Nothing in a kernel is a Python number, but what flags decide."""
        return not self._decided(expr)

    def constant(self, value: Fraction) -> Text:
        """A float literal, which takes the dtype of what it meets."""
        text, precedence = super().constant(value)
        if value.denominator == 1:
            return f"{text}.0", precedence
        if precedence is Precedence.PRODUCT:
            return repr(float(value)), Precedence.ATOM
        return text, precedence

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A call of Triton's or of a device function of the runtime."""
        return _FUNCTIONS[op].format(*map(self, operands)), Precedence.ATOM

    def select(self, expr: Select) -> Text:
        """A branch at compile time where flags decide, else `tl.where`."""
        if self._decided(expr.condition):
            return self.conditional(expr)
        return f"tl.where({self(expr.condition)}, {self(expr.a)}, {self(expr.b)})", Precedence.ATOM


class HostPrinter(ScalarPrinter):
    """Prints what the launcher computes: Python floats, since Triton compiles a kernel anew for integers."""

    def conditional(self, expr: Select) -> Text:
        """A conditional expression whose constants are floats."""
        a, condition = self._arm(expr.a), self.at_least(expr.condition, Precedence.OR)
        return f"{a} if {condition} else {self._arm(expr.b)}", Precedence.CONDITIONAL

    def _arm(self, expr: Expr) -> str:
        return repr(float(expr.value)) if isinstance(expr, Const) else self.at_least(expr, Precedence.OR)


def surely_float(expr: Expr, floats: Collection[str]) -> bool:
    """Whether host code gives a Python float, and not perhaps an int, for an expression over names known as floats."""
    match expr:
        case Ref(name):
            return name in floats
        case Unary("neg" | "abs", x):
            return surely_float(x, floats)
        case Unary(op, _):
            return op in ("sqrt", "exp", "log", "sign")
        case Binary("max" | "min", x, y):
            return surely_float(x, floats) and surely_float(y, floats)
        case Binary(op, x, y):
            return op == "div" or surely_float(x, floats) or surely_float(y, floats)
        case Select(_, a, b):
            return all(isinstance(arm, Const) or surely_float(arm, floats) for arm in (a, b))
    return False
