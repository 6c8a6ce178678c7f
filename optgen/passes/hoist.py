"""Work that is not per element leaves the element code: it is named, and done once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from optgen.ir.nodes import Binary, Const, Expr, Let, Program, Rate, Ref, Role, Select, Unary, rebuild, refs
from optgen.ir.wellformed import is_condition

from .naming import fresh
from .rates import Rates, rate

Path = tuple[tuple[Expr, bool], ...]


def hoist(program: Program) -> Program:
    """Name every part of an element statement that is coarser than an element.

    Afterwards the leaves of element statements are names and constants only. The same is done between tensor rate
    and step rate, so that what a kernel computes once a tensor takes finished numbers from the host. A part that
    stood in an arm of a coarse `select` is still computed only when that arm is taken.
    """
    known: Rates = {i.name: i.rate for i in program.inputs}
    taken = {i.name for i in program.inputs} | {let.name for let in program.body}
    flags = {i.name for i in program.input_of(Role.FLAG)}
    truth = dict.fromkeys(flags, True)
    shared: dict[Expr, str] = {}
    body: list[Let] = []

    def visit(expr: Expr, let: Let, level: Rate, path: Path) -> Expr:
        decided = isinstance(expr, Ref) and truth.get(expr.name, False) and expr.name not in flags
        if not decided and (isinstance(expr, Const | Ref) or _structural(expr, flags)):
            return expr
        own = rate(expr, known)
        if own < level:
            return name_it(expr, let, own, path)
        if isinstance(expr, Select) and rate(expr.condition, known) < level:
            return Select(
                visit(expr.condition, let, level, path),
                visit(expr.a, let, level, (*path, (expr.condition, True))),
                visit(expr.b, let, level, (*path, (expr.condition, False))),
            )
        return rebuild(expr, lambda child: visit(child, let, level, path))

    def name_it(expr: Expr, let: Let, own: Rate, path: Path) -> Expr:
        value = fold(expr)
        if isinstance(value, Const):
            return value
        condition = is_condition(value, truth)
        if condition:  # travels as a number, since not every launcher has truth values
            value = Select(value, Const(Fraction(1)), Const(Fraction(0)))
        if own is Rate.TENSOR:
            value = visit(value, let, own, path)
        for test, arm in reversed(path):
            if rate(test, known) <= own:
                zero = Const(Fraction(0))
                value = Select(test, value, zero) if arm else Select(test, zero, value)
        if value not in shared:
            shared[value] = fresh(expr, let.name, taken, _role(expr), prefix="is_" if condition else "")
            taken.add(shared[value])
            known[shared[value]] = own
            body.append(replace(let, name=shared[value], expr=value))
        name = Ref(shared[value])
        return Binary("ne", name, Const(Fraction(0))) if condition else name

    for let in program.body:
        level = rate(let.expr, known)
        expr = let.expr
        if level >= Rate.TENSOR:
            expr = visit(expr, let, level, ())
        known[let.name] = level
        truth[let.name] = is_condition(expr, truth)
        body.append(replace(let, expr=expr))
    return program.with_body(body)


def _structural(expr: Expr, flags: set[str]) -> bool:
    """Whether an expression is made of flags only: it is decided when the kernel is compiled, not when it runs."""
    names = refs(expr)
    return bool(names) and flags.issuperset(names) and is_condition(expr, dict.fromkeys(flags, True))


def _role(expr: Expr) -> str:
    return "scale" if isinstance(expr, Binary) and expr.op in ("div", "mul") else "part"


def fold(expr: Expr) -> Expr:
    """Exact arithmetic on constants."""
    expr = rebuild(expr, fold)
    match expr:
        case Unary("neg", Const(x)):
            return Const(-x)
        case Binary("add", Const(x), Const(y)):
            return Const(x + y)
        case Binary("sub", Const(x), Const(y)):
            return Const(x - y)
        case Binary("mul", Const(x), Const(y)):
            return Const(x * y)
        case Binary("div", Const(x), Const(y)) if y:
            return Const(x / y)
    return expr
