"""`norm`, `total`, `mean` and `max_abs` go over the elements of a tensor, so they need a value per element.

The norm of a hyper-parameter, or of what is a norm already, is one number; the author meant another.
"""

from collections.abc import Iterator
from typing import Any

from optgen.check.record import call_places, known, parts, preorder
from optgen.problems import Problem
from optgen.spec import max_abs, mean, norm, total
from optgen.spec.functions import Draw, MaxAbs, Mean, Norm, Reduction, Total
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
    """The locals and states that are certainly one number: all but those that an equation makes finer."""
    equations = [*(equation for _, equation in known(spec)), *spec.initial]
    assigned = {equation.lhs.series for equation in equations}
    coarse = {s.name for s in spec.of_kind(Kind.LOCAL, Kind.STATE) if s.name in assigned}
    while True:
        finer = {e.lhs.series for e in equations if _per_element(e.rhs, coarse)} & coarse
        if not finer:
            return coarse
        coarse -= finer


def _per_element(node: Any, coarse: set[str]) -> bool:
    """Whether an expression has a value for each element, or may have."""
    if isinstance(node, At):
        return node.series not in coarse
    if isinstance(node, Unknown | Draw):
        return True
    if isinstance(node, Reduction):
        return False
    return any(_per_element(part, coarse) for part in parts(node))


def _problem(spec: Spec, equation: Equation, name: str, number: int) -> Problem:
    places = call_places(spec, equation, name)
    place = places[number] if number < len(places) else equation.location
    written = place.source[place.column : place.end_column]
    inner = written[written.find("(") + 1 : -1] if written.endswith(")") else "its argument"
    return Problem(place, f"{inner} is one number, and {name} needs a value per element", f"leave {name} out")
