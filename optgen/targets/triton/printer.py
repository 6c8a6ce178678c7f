"""Expressions as Triton: float32 values per element, float64 once a tensor, Python floats on the host."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Ref,
    Select,
    Unary,
    refs,
)
from optgen.ir.rates import Rate
from optgen.passes.rates import rate
from optgen.targets.printer import BITWISE, Precedence, Printer, Text
from optgen.targets.scalars import ScalarPrinter

_FUNCTIONS = {
    "sqrt": "tl.sqrt({})",
    "exp": "tl.exp({})",
    "log": "tl.log({})",
    "cos": "tl.cos({})",
    "floor": "tl.floor({})",
    "abs": "tl.abs({})",
    "sign": "sign({})",
    "max": "maximum({}, {})",
    "min": "minimum({}, {})",
    "pow": "to_power({}, {}).to(tl.float32)",
    "mod": "modulo({}, {})",
}
HELPERS = ("sign", "maximum", "minimum", "modulo", "to_power")
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
        """The expression; connectives of values are bitwise, powers and remainders are calls."""
        match expr:
            case Binary("and" | "or" as op, x, y) if not self._decided(expr):
                if (rate(x, self.rates) is Rate.ELEMENT) is not (rate(y, self.rates) is Rate.ELEMENT):
                    return self._mixed(op, x, y)
                sign, precedence = BITWISE[op]
                return f"{self.at_least(x, precedence)} {sign} {self.at_least(y, precedence)}", precedence
            case Unary("not", x) if not self._decided(expr):
                return f"~{self.at_least(x, Precedence.SIGN)}", Precedence.SIGN
            case Binary("pow" | "mod" as op, x, y):
                return self.function(op, expr, x, y)
        return super().text(expr)

    def _mixed(self, op: str, x: Expr, y: Expr) -> Text:
        """One condition for all and one of each; Triton's interpreter has no `&` for them.

        The first travels as a number, which is chosen by the other.
        """
        coarse, fine = sorted((x, y), key=lambda condition: rate(condition, self.rates))
        assert isinstance(coarse, Binary)
        number = self(coarse.x)
        chosen = f"{number}, 0.0" if op == "and" else f"1.0, {number}"
        return f"tl.where({self(fine)}, {chosen}) != 0.0", Precedence.COMPARISON

    def _decided(self, expr: Expr) -> bool:
        names = refs(expr)
        return bool(names) and self.flags.issuperset(names)

    def is_fine(self, expr: Expr) -> bool:
        """Nothing in a kernel is a Python number, but what flags decide."""
        return not self._decided(expr)

    def constant(self, value: Fraction) -> Text:
        """A float literal, which takes the dtype of what it meets."""
        text, precedence = super().constant(value)
        if text.lstrip("-").isdigit():
            return f"{text}.0", precedence
        if precedence is Precedence.PRODUCT:
            return repr(float(value)), Precedence.ATOM
        return text, precedence

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A call of Triton's or of a device function of the runtime."""
        del expr
        return _FUNCTIONS[op].format(*map(self, operands)), Precedence.ATOM

    def select(self, expr: Select) -> Text:
        """A branch at compile time where flags decide, else `tl.where`."""
        if self._decided(expr.condition):
            return super().select(expr)
        return f"tl.where({self(expr.condition)}, {self(expr.a)}, {self(expr.b)})", Precedence.ATOM


class FinishPrinter(DevicePrinter):
    """Prints what runs once a tensor, where everything is float64."""

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A call; powers keep their precision."""
        text, precedence = super().function(op, expr, *operands)
        return text.removesuffix(".to(tl.float32)") if op == "pow" else text, precedence


class HostPrinter(ScalarPrinter):
    """Prints what the launcher computes: Python floats, since Triton compiles a kernel anew for integers."""

    def statement(self, expr: Expr) -> str:
        """What is assigned to a name."""
        return repr(float(expr.value)) if isinstance(expr, Const) else self(expr)

    def arm(self, expr: Select, holds: bool) -> Text:
        """An arm; a constant is a float."""
        arm = expr.a if holds else expr.b
        return (self.statement(arm), Precedence.ATOM) if isinstance(arm, Const) else super().arm(expr, holds)


def surely_float(expr: Expr, floats: Collection[str]) -> bool:
    """Whether host code gives a Python float, and not perhaps an int, for an expression over names known as floats."""
    match expr:
        case Ref(name):
            return name in floats
        case Unary("neg" | "abs", x):
            return surely_float(x, floats)
        case Unary(op, _):
            return op in ("sqrt", "exp", "log", "cos", "floor", "sign")
        case Binary("max" | "min", _, _):
            return True
        case Binary(op, x, y):
            return op == "div" or surely_float(x, floats) or surely_float(y, floats)
        case Select(_, a, b):
            return all(isinstance(arm, Const) or surely_float(arm, floats) for arm in (a, b))
    return False
