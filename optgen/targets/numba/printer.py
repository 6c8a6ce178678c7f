"""Expressions as Numba compiles them: `real` numbers for each element and line, float64 once a tensor."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from optgen.ir.nodes import Binary, Const, Expr, Select, Unary, refs
from optgen.ir.rates import Rate
from optgen.targets.printer import BITWISE, Precedence, Printer, Text, is_cube_root

HELPERS = ("cube_root", "exp", "log", "maximum", "minimum", "sign", "to_power")
"""Functions of the runtime that an expression may call."""

_FUNCTIONS = {"abs": "abs", "max": "maximum", "min": "minimum", "sign": "sign"}
_VECTOR_FUNCTIONS = _FUNCTIONS | {"exp": "exp", "log": "log", "pow": "to_power"}


class ElementPrinter(Printer):
    """Prints what is computed for each element, row or column.

    Args:
        rates: Rate of every name.
        names: What a name is printed as.
        flags: Names that are constants when the code is compiled; a condition made of them chooses the code.
    """

    pi = "real(np.pi)"
    functions = _VECTOR_FUNCTIONS

    def __init__(self, rates: Mapping[str, Rate], names: Mapping[str, str], flags: Collection[str]) -> None:
        super().__init__(rates, names)
        self.flags = frozenset(flags)

    def text(self, expr: Expr) -> Text:
        """The expression; connectives of values are bitwise, which vectors have."""
        match expr:
            case Binary("and" | "or" as op, x, y) if not self._decided(expr):
                sign, precedence = BITWISE[op]
                return f"{self.at_least(x, precedence)} {sign} {self.at_least(y, precedence)}", precedence
            case Unary("not", x):
                return f"not {self.at_least(x, Precedence.NOT)}", Precedence.NOT
            case Binary("pow", x, Const(power)) if is_cube_root(power) and "pow" in self.functions:
                return f"cube_root({self(x)})", Precedence.ATOM
            case Binary("pow", x, y) if "pow" in self.functions:
                return self.function("pow", expr, x, y)
        return super().text(expr)

    def _decided(self, expr: Expr) -> bool:
        names = refs(expr)
        return bool(names) and self.flags.issuperset(names)

    def constant(self, value: Fraction) -> Text:
        """A number of the type that the arithmetic has: beside float32, a plain one would make it float64."""
        return f"real({super().constant(value)[0]})", Precedence.ATOM

    def function(self, op: str, expr: Expr, *operands: Expr) -> Text:
        """A call of NumPy's, or of a function of the runtime."""
        del expr
        return f"{self.functions.get(op, f'np.{op}')}({', '.join(map(self, operands))})", Precedence.ATOM

    def select(self, expr: Select) -> Text:
        """A conditional expression, which becomes a choice without a branch."""
        return self.conditional(expr, self.arm(expr, True), self.arm(expr, False))


class FinishPrinter(ElementPrinter):
    """Prints what is computed once a tensor, where everything is float64."""

    pi = "np.pi"
    functions = _FUNCTIONS

    def constant(self, value: Fraction) -> Text:
        """A float literal: whole numbers would be divided and raised to powers as such."""
        text, precedence = Printer.constant(self, value)
        return (f"{text}.0", precedence) if text.lstrip("-").isdigit() else (text, precedence)
