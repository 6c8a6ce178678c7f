"""Conditions and numbers are two things in the record as well, where helpers and lists hide them from the text."""

from collections.abc import Iterator
from typing import Any

import sympy
from sympy.core.relational import Relational

from optgen.check.record import known, parts
from optgen.problems import Problem
from optgen.spec import Condition
from optgen.spec.functions import Where
from optgen.spec.model import Spec
from optgen.spec.symbols import FlagSymbol, Unknown

NEEDS_COMPLETE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find the two mixed up; one message for an equation."""
    for _, equation in known(spec):
        message = next(_in_record(equation.rhs, False), None)
        if message:
            yield Problem(equation.location, *message)


def _in_record(node: Any, asked: bool) -> Iterator[tuple[str, str]]:
    """What a tree mixes up; `asked` says whether a condition is wanted of it."""
    logic = isinstance(node, Relational | sympy.And | sympy.Or | sympy.Not | sympy.logic.boolalg.BooleanAtom)
    if isinstance(node, Unknown):
        return
    if asked and isinstance(node, sympy.logic.boolalg.BooleanAtom):
        yield f"a condition of this equation is always {node}", "leave where out and take the arm that you mean"
    elif asked and not (logic or isinstance(node, FlagSymbol)):
        yield "a condition of this equation is a number", "write a comparison, such as where(m[t] > 0, a, b)"
    elif not asked and (logic or isinstance(node, FlagSymbol)):
        yield "a condition is used as a number in this equation", "use where(condition, 1, 0)"
    else:
        for number, part in enumerate(parts(node)):
            inner = isinstance(node, Condition) and not isinstance(node, Relational)
            yield from _in_record(part, inner or (isinstance(node, Where) and number == 0))
