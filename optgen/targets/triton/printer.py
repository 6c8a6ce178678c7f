"""Expressions as Triton: float32 values per element, float64 once a step or a tensor."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from ctypes import c_float
from fractions import Fraction

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Select,
    Unary,
    refs,
)
from optgen.ir.rates import Rate
from optgen.passes.rates import rate
from optgen.targets.printer import BITWISE, Precedence, Printer, Text, is_cube_root

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
HELPERS = ("cube_root", "double", "sign", "maximum", "minimum", "modulo", "to_power")
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

    pi = repr(math.pi)
    is_single = True
    """Whether numbers are float32."""

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
            case Binary("pow", x, Const(power)) if is_cube_root(power) and self.is_single:
                return f"cube_root({self(x)})", Precedence.ATOM
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
    """Prints what runs once a step or tensor, where everything is float64."""

    is_single = False

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A call, which keeps the precision of powers and of numbers that meet no other."""
        if any(isinstance(x, Const) for x in operands):
            return _FUNCTIONS[op].format(*map(self.double, operands)).removesuffix(".to(tl.float32)"), Precedence.ATOM
        text, precedence = super().function(op, expr, *operands)
        return text.removesuffix(".to(tl.float32)") if op == "pow" else text, precedence

    def select(self, expr: Select) -> Text:
        """A choice, which keeps the precision of numbers."""
        if self._decided(expr.condition) or not isinstance(expr.a, Const):
            return super().select(expr)
        return f"tl.where({self(expr.condition)}, {self.double(expr.a)}, {self(expr.b)})", Precedence.ATOM

    def double(self, expr: Expr) -> str:
        """An expression; Triton holds a number for a float32 where nothing else says what it is."""
        exact = not isinstance(expr, Const) or c_float(float(expr.value)).value == float(expr.value)
        return self(expr) if exact else f"double({self(expr)})"
