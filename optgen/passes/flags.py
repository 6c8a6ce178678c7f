"""Flags come first: which arm they choose is settled when a kernel is compiled, before any value is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from optgen.ir.nodes import (
    Binary,
    Expr,
    Let,
    Program,
    Ref,
    Role,
    Select,
    Unary,
    bottom_up,
)
from optgen.ir.rates import Rate

from .rates import Rates, rate


def flags_first(program: Program) -> Program:
    """Take flags out of the conditions that device code decides.

    `select(flag and g > 0, a, b)` becomes `select(flag, select(g > 0, a, b), b)`: with the flag off, `a` may not
    exist. On the host, conditional expressions see to that themselves.
    """
    known: Rates = {i.name: i.rate for i in program.inputs}
    flags = {i.name for i in program.input_of(Role.FLAG)}
    body: list[Let] = []
    for let in program.body:

        def lift(node: Expr) -> Expr:
            fine = isinstance(node, Select) and rate(node, known) >= Rate.GLOBAL
            return without_flags(node, flags) if fine else node

        known[let.name] = rate(let.expr, known)
        body.append(replace(let, expr=bottom_up(let.expr, lift)))
    return program.with_body(body)


def without_flags(expr: Expr, flags: Collection[str]) -> Expr:
    """A choice whose condition mixes flags and values, as choices by either."""
    if not isinstance(expr, Select):
        return expr
    parts = list(_joined(expr.condition))
    own = [part.name for part in parts if isinstance(part, Ref) and part.name in flags]
    if not own or len(own) == len(parts):
        return expr
    flag = own[0]
    arms = []
    for value in (True, False):
        condition = settled(expr.condition, flag, value)
        if isinstance(condition, bool):
            arms.append(expr.a if condition else expr.b)
        else:
            arms.append(without_flags(replace(expr, condition=condition), flags))
    return Select(Ref(flag), *arms)


def _joined(condition: Expr) -> Iterator[Expr]:
    """What a condition joins by `and`, `or` and `not`."""
    match condition:
        case Unary("not", x):
            yield from _joined(x)
        case Binary("and" | "or", x, y):
            yield from _joined(x)
            yield from _joined(y)
        case _:
            yield condition


def settled(condition: Expr, flag: str, value: bool) -> Expr | bool:
    """A condition with one flag settled; a truth value where that settles it."""
    match condition:
        case Ref(name) if name == flag:
            return value
        case Unary("not", x):
            inner = settled(x, flag, value)
            return not inner if isinstance(inner, bool) else Unary("not", inner)
        case Binary("and" | "or" as op, x, y):
            a, b = settled(x, flag, value), settled(y, flag, value)
            decisive = op == "or"
            if a is decisive or b is decisive:
                return decisive
            if isinstance(a, bool):
                return b
            return a if isinstance(b, bool) else Binary(op, a, b)
    return condition
