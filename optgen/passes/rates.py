"""How often each value changes: constant, once a step, once a tensor, row or column, or per element."""

from __future__ import annotations

from optgen.ir.nodes import (
    Const,
    Expr,
    Pi,
    Program,
    Reduce,
    Ref,
    children,
)
from optgen.ir.rates import REDUCED, Rate, finest

Rates = dict[str, Rate]


def rates(program: Program) -> Rates:
    """The rate of every name of a program."""
    known: Rates = {i.name: i.rate for i in program.inputs}
    for let in program.body:
        known[let.name] = rate(let.expr, known)
    return known


def rate(expr: Expr, known: Rates) -> Rate:
    """The rate of an expression over names of known rates."""
    match expr:
        case Const() | Pi():
            return Rate.CONSTANT
        case Ref(name):
            return known[name]
        case Reduce():
            return REDUCED[expr.over]
    return finest(*(rate(child, known) for child in children(expr)))
