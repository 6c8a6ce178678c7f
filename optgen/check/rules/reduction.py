"""`norm`, `total`, `mean` and `max_abs` go over the elements of a tensor, so they need a value per element.

The norm of a hyper-parameter, or of a local that is a norm already, is one number; the author meant another.
"""

from collections.abc import Iterator
from typing import Any

import sympy

from optgen.check.record import call_places, known, parts, preorder, series_kinds
from optgen.problems import Problem
from optgen.spec import max_abs, mean, norm, total
from optgen.spec.functions import MaxAbs, Mean, Norm, Reduction, Total
from optgen.spec.model import Equation, Kind, Spec
from optgen.spec.symbols import At, Unknown

_NAMES = {Norm: norm.__name__, Total: total.__name__, Mean: mean.__name__, MaxAbs: max_abs.__name__}


def check(spec: Spec) -> Iterator[Problem]:
    """Find reductions of one number."""
    coarse = _coarse(spec)
    for _, equation in known(spec):
        counted: dict[str, int] = {}
        for node in preorder(equation.rhs, lambda n: isinstance(n, Reduction)):
            name = _NAMES.get(type(node), type(node).__name__.lower())
            number = counted.setdefault(name, 0)
            counted[name] += 1
            if not _per_element(node.args[0], coarse):
                yield _problem(spec, equation, name, number)


def _coarse(spec: Spec) -> set[str]:
    """The locals that are certainly one number."""
    locals_ = {name for name, kind in series_kinds(spec).items() if kind is Kind.LOCAL}
    coarse: set[str] = set()
    for _, equation in known(spec):
        if equation.lhs.series in locals_ and not _per_element(equation.rhs, coarse):
            coarse.add(equation.lhs.series)
    return coarse


def _per_element(node: Any, coarse: set[str]) -> bool:
    """Whether an expression has a value for each element, or may have."""
    if isinstance(node, At):
        return node.series not in coarse
    if isinstance(node, Unknown) or (isinstance(node, sympy.Function) and not node.args):
        return True  # a function without arguments draws noise
    if isinstance(node, Reduction):
        return False
    return any(_per_element(part, coarse) for part in parts(node))


def _problem(spec: Spec, equation: Equation, name: str, number: int) -> Problem:
    places = call_places(spec, equation, name)
    place = places[number] if number < len(places) else equation.location
    written = place.source[place.column : place.end_column]
    inner = written[written.find("(") + 1 : -1] if written.endswith(")") else "its argument"
    return Problem(place, f"{inner} is one number, and {name} needs a value per element", f"leave {name} out")
