"""Expressions as NumPy: arrays per element, Python floats for everything coarser."""

from __future__ import annotations

import re
from collections.abc import Mapping

from optgen.ir.nodes import (
    Binary,
    Expr,
    Program,
    Reduce,
    Role,
    Select,
    bottom_up,
    refs,
    walk,
)
from optgen.ir.rates import LINES, LINES_OF, Over, Rate
from optgen.passes.flags import without_flags
from optgen.passes.ranges import ranges
from optgen.passes.rates import rate, rates
from optgen.targets.printer import Precedence, Text, line_name
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
}
_REDUCTIONS = {"sum": "total", "mean": "mean", "norm": "norm", "max_abs": "max_abs"}


class NumpyPrinter(ScalarPrinter):
    """Prints a spec's equations as NumPy expressions.

    A NumPy scalar of float64 would widen a float32 array, a Python float does not: so what is no array is a Python
    float, computed with `math`; and what has a value for each element, or for each line, is always an array.

    Args:
        program: Of which expressions are printed.
        names: What a name is printed as.
        like: Name of an array of the shape and dtype that arrays made of numbers get.
        together: Whether tensors are updated together, as lists.
    """

    def __init__(self, program: Program, names: Mapping[str, str], like: str = "grad", together: bool = False) -> None:
        super().__init__(rates(program), names, ranges(program))
        self.flags = frozenset(i.name for i in program.input_of(Role.FLAG))
        self.view, self.like, self.together = program.view, like, together

    def statement(self, expr: Expr) -> str:
        """What is assigned to a name: of tensors that are updated together, a list with an entry for each."""
        kept = rate(expr, self.rates)
        return self(expr) if not self.together or kept <= Rate.GLOBAL else self._list(expr, kept)

    def _list(self, expr: Expr, kept: Rate) -> str:
        """A list with values of a rate; a flag chooses among whole lists, as one may be made of what is not there."""
        choice = self._choice(expr)
        if choice is None:
            return self.each(self._spread(expr, kept))
        arms = [_decided(expr, choice.condition, holds) for holds in (True, False)]
        a, b = (self._list(arm, kept) for arm in arms)
        if self._choice(arms[0]):
            a = f"({a})"
        return f"{a} if {self.at_least(choice.condition, Precedence.OR)} else {b}"

    def _choice(self, expr: Expr) -> Select | None:
        """The outermost choice that flags make."""
        choices = [n for n in walk(expr) if isinstance(n, Select) and self.flags.issuperset(refs(n.condition))]
        return choices[-1] if choices else None

    def each(self, text: str) -> str:
        """A list with the value of an expression for each tensor."""
        lists = {self.name(name) for name, rate in self.rates.items() if rate >= Rate.TENSOR} | {self.like}
        used = [word for word in dict.fromkeys(re.findall(r"(?<![.\w])[A-Za-z_]\w*", text)) if word in lists]
        used = used or [self.like]
        if text in used:
            return text
        of = used[0] if len(used) == 1 else f"zip({', '.join(used)}, strict=True)"
        return f"[{text} for {', '.join(used)} in {of}]"

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
        """A NumPy function of arrays, or a scalar function."""
        if self.is_fine(expr):
            return _FUNCTIONS[op].format(*map(self, operands)), Precedence.ATOM
        return super().function(op, expr, *operands)

    def reduction(self, expr: Reduce) -> Text:
        """A call of the runtime."""
        name = _REDUCTIONS[expr.op]
        if expr.over is Over.ALL:
            return f'{name}({self.statement(expr.x)}, over="all")', Precedence.ATOM
        over = "" if expr.over is Over.TENSOR else f', over="{line_name(self.view, expr.over)}"'
        return f"{name}({self(expr.x)}{over})", Precedence.ATOM

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
        text, own = self.arm(expr, holds), rate(expr.a if holds else expr.b, self.rates)
        return self._as_fine(text, own, rate(expr, self.rates))

    def _spread(self, expr: Expr, kept: Rate) -> str:
        """A value, as often as its rate or a finer one asks."""
        return self._as_fine(self.text(expr), rate(expr, self.rates), kept)[0]

    def _as_fine(self, text: Text, own: Rate, kept: Rate) -> Text:
        """A value of one rate as one of another, which is as fine or finer."""
        if own in LINES and own is not kept:
            return f"np.broadcast_to({text[0]}, {self.like}.shape)", Precedence.ATOM
        if kept < Rate.ROW or own >= Rate.ROW:
            return text
        return self.filled(text[0], kept), Precedence.ATOM

    def filled(self, number: str, kept: Rate, *, zero: bool = False) -> str:
        """An array that holds a number for each element, or for each line."""
        if kept is Rate.ELEMENT:
            return f"np.zeros_like({self.like})" if zero else f"np.full_like({self.like}, {number})"
        shape = f'line_shape({self.like}, "{line_name(self.view, LINES_OF[kept])}")'
        make = "np.zeros(" if zero else "np.full("
        return f"{make}{shape}, {'' if zero else f'{number}, '}{self.like}.dtype)"


def _decided(expr: Expr, condition: Expr, holds: bool) -> Expr:
    """An expression in which what a condition chooses stands in the place of the choice."""

    def decided(node: Expr) -> Expr:
        return (node.a if holds else node.b) if isinstance(node, Select) and node.condition == condition else node

    return bottom_up(expr, decided)
