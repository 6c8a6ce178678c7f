"""Work that is not per element leaves the element code: it is named, and done once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from optgen.ir.nodes import (
    ALWAYS,
    Binary,
    Const,
    Expr,
    Let,
    Program,
    Ref,
    Role,
    Select,
    Unary,
    rebuild,
    refs,
)
from optgen.ir.rates import Rate
from optgen.ir.wellformed import is_condition

from .naming import fresh
from .rates import Rates, rate

_SMALLEST, _LARGEST = Fraction(2) ** -126, Fraction(2) ** 127 * (2 - Fraction(2) ** -23)
_ZERO, _ONE = Const(Fraction(0)), Const(Fraction(1))


def hoist(program: Program) -> Program:
    """Name every part of an element statement that is coarser than an element.

    Afterwards the leaves of element statements are names and constants only. The same is done between all rates down
    to those of the host, so that what a kernel computes once a tensor or line takes finished numbers. A part that
    stood in an arm of a `select` is computed whether or not that arm is taken: no coarse operation can fail.
    """
    hoister = _Hoister(program)
    for let in program.body:
        hoister.statement(let)
    return program.with_body(hoister.body)


class _Hoister:
    """The statements so far, and what is known of their names."""

    def __init__(self, program: Program) -> None:
        self.known: Rates = {i.name: i.rate for i in program.inputs}
        self.taken = {i.name for i in program.inputs} | {let.name for let in program.body}
        self.flags = {i.name for i in program.input_of(Role.FLAG)}
        # What is one number on the device is at hand between phases only: from there it travels under a new name.
        self.kept = {i.name for i in program.coarse_states(Rate.GLOBAL, Rate.TENSOR)}
        self.truth = dict.fromkeys(self.flags, True)
        self.shared: dict[Expr, str] = {}
        self.body: list[Let] = []

    def statement(self, let: Let) -> None:
        """Add a statement, behind what is hoisted out of it."""
        level = rate(let.expr, self.known)
        expr = self._visit(let.expr, let, level) if level >= Rate.GLOBAL else let.expr
        self._add(replace(let, expr=expr), level)

    def _add(self, let: Let, level: Rate) -> None:
        self.known[let.name] = level
        self.truth[let.name] = is_condition(let.expr, self.truth)
        self.body.append(let)

    def _visit(self, expr: Expr, let: Let, level: Rate) -> Expr:
        """An expression that is computed at a level, with its coarser parts named."""
        if _structural(expr, self.flags) or _literal(expr, level):
            return expr
        own = rate(expr, self.known)
        travels = not isinstance(expr, Ref) or self.truth.get(expr.name, False) or expr.name in self.kept
        if own < level and travels:
            return self._named(expr, let, own, level)
        return rebuild(expr, lambda child: self._visit(child, let, level))

    def _named(self, expr: Expr, let: Let, own: Rate, level: Rate) -> Expr:
        """The name of a coarse part; a condition travels as a number, since not every launcher has truth values."""
        value = fold(expr)
        if _literal(value, level):
            return value
        condition = is_condition(value, self.truth)
        if condition:
            value = Select(value, _ONE, _ZERO)
        if own >= Rate.GLOBAL:
            value = self._visit(value, let, own)
        if value not in self.shared:
            name = fresh(expr, let.name, self.taken, _role(expr, condition), prefix="is_" if condition else "")
            self.taken.add(name)
            self.shared[value] = name
            # Whose part it is first does not matter: `guards` finds out under which flags it is needed.
            self._add(replace(let, name=name, expr=value, guard=ALWAYS), own)
        name_of = Ref(self.shared[value])
        return Binary("ne", name_of, _ZERO) if condition else name_of


def _structural(expr: Expr, flags: set[str]) -> bool:
    """Whether an expression is made of flags only: it is decided when the kernel is compiled, not when it runs."""
    names = refs(expr)
    return bool(names) and flags.issuperset(names) and is_condition(expr, dict.fromkeys(flags, True))


def _literal(expr: Expr, level: Rate) -> bool:
    """Whether code of a level may have a number as a literal: one beyond float32 makes Triton compute in float64."""
    if not isinstance(expr, Const):
        return False
    return level < Rate.ROW or expr.value == 0 or _SMALLEST <= abs(expr.value) <= _LARGEST


def _role(expr: Expr, condition: bool) -> str:
    if condition:
        return "holds"
    return "scale" if isinstance(expr, Binary) and expr.op in ("div", "mul") else "part"


def fold(expr: Expr) -> Expr:
    """Exact arithmetic on constants; what may be a negative zero is left to the machine."""
    expr = rebuild(expr, fold)
    match expr:
        case Unary("neg", Const(x)) if x:
            return Const(-x)
        case Binary("add", Const(x), Const(y)):
            return Const(x + y)
        case Binary("sub", Const(x), Const(y)):
            return Const(x - y)
        case Binary("mul", Const(x), Const(y)) if x and y:
            return Const(x * y)
        case Binary("div", Const(x), Const(y)) if x and y:
            return Const(x / y)
    return expr
