"""Which series a document indexes by time, and which by element inside a sum."""

from __future__ import annotations

from typing import Any

import sympy

from optgen.spec.functions import Reduction
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import At, TimeSymbol


def constants(spec: Spec) -> frozenset[str]:
    """Locals that depend on hyper-parameters only, and so are the same at every step.

    Read off the equations, since a document is made of what was captured and of nothing else.
    """
    found: set[str] = set()
    for equation in spec.equations:
        if _is_constant(equation.rhs, found):
            found.add(equation.lhs.series)
        else:
            found.discard(equation.lhs.series)
    return frozenset(found & {s.name for s in spec.of_kind(Kind.LOCAL)})


def _is_constant(expr: Any, known: set[str]) -> bool:
    if isinstance(expr, At):
        return expr.series in known
    # A function without arguments, such as a draw of noise, differs from call to call.
    if isinstance(expr, TimeSymbol) or (isinstance(expr, sympy.Function) and not expr.args):
        return False
    return all(_is_constant(a, known) for a in expr.args)


def elementwise(spec: Spec) -> frozenset[str]:
    """Series that have a value for each element of the tensor."""
    found = {s.name for s in spec.of_kind(Kind.PARAM, Kind.GRAD, Kind.INPUT)}
    before = -1
    while len(found) != before:
        before = len(found)
        found |= {e.lhs.series for e in spec.equations if has_elements(e.rhs, found)}
    return frozenset(found)


def has_elements(expr: Any, elements: set[str] | frozenset[str]) -> bool:
    """Whether an expression differs from element to element; a reduction does not, whatever it reduces."""
    if isinstance(expr, At):
        return expr.series in elements
    return not isinstance(expr, Reduction) and any(has_elements(a, elements) for a in expr.args)
