"""Whether a program has to know how many steps there have been."""

from __future__ import annotations

from fractions import Fraction

from optgen.ir.nodes import COMPARISON, Binary, Const, Expr, Program, Ref, Role, children

_ONE = Const(Fraction(1))


def counts_steps(program: Program) -> bool:
    """Whether a program asks how many steps there have been, and not only whether a step is the first."""
    times = {Ref(i.name) for i in program.input_of(Role.TIME)}
    return any(_counts(let.expr, times) for let in program.body)


def _counts(expr: Expr, times: set[Ref]) -> bool:
    if isinstance(expr, Binary) and expr.op in COMPARISON and any({expr.x, expr.y} == {time, _ONE} for time in times):
        return False
    return expr in times or any(_counts(child, times) for child in children(expr))
