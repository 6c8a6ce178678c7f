"""`norm`, `total`, `mean` and `max_abs` go over elements, so they need a value for each of what they go over.

The norm of a hyper-parameter, or of what is a norm already, is one number, and the sum over each row of what each row
has one number of is no sum; the author meant another.
"""

import ast
from collections.abc import Iterator
from typing import Any

from optgen.check.record import call_places, known, parts, preorder
from optgen.problems import Location, Problem
from optgen.spec import max_abs, mean, norm, total
from optgen.spec.functions import Draw, MaxAbs, Mean, Norm, Reduction, Total
from optgen.spec.model import Equation, Kind, Spec
from optgen.spec.symbols import At, Unknown

_NAMES = {Norm: norm.__name__, Total: total.__name__, Mean: mean.__name__, MaxAbs: max_abs.__name__}

Axes = frozenset[str]
"""Along which lines of a matrix a value differs: "row" from row to row, "col" from column to column."""

_EACH, _ONE = frozenset({"row", "col"}), frozenset[str]()
_LEFT = {"rows": frozenset({"row"}), "outputs": frozenset({"row"}), "cols": frozenset({"col"})}
_LINES = {"row": ("row", "cols"), "col": ("column", "rows")}
"""What a line is called, and what crosses it."""


def check(spec: Spec) -> Iterator[Problem]:
    """Find reductions of what there is too little of, and two ways to see a tensor as a matrix."""
    axes = _axes_of_series(spec)
    seen = ""
    reductions = [node for _, equation in known(spec) for node in preorder(equation.rhs, _is_reduction)]
    slices = "outputs" in {node.over for node in reductions}
    gradient = next((s.name for s in spec.of_kind(Kind.GRAD)), "g")
    for _, equation in known(spec):
        counted: dict[str, int] = {}
        for node in preorder(equation.rhs, _is_reduction):
            name = _NAMES.get(type(node), type(node).__name__.lower())
            place, text = _written(spec, equation, name, counted.setdefault(name, 0))
            counted[name] += 1
            complaint = _complaint(name, text, node.over, _axes(node.args[0], axes), slices)
            if complaint and node.over == "all" and node.args[0].has(At):
                fix = f'write {name}({text} + 0 * {gradient}[t], over="all"): each element has it then'
                complaint = complaint[0], fix
            if complaint:
                yield Problem(place, *complaint)
            view = {"outputs": "outputs", "rows": "rows", "cols": "rows"}.get(node.over, "")
            if view and seen and view != seen:
                what = f'over="{node.over}" sees a tensor as another matrix than the reductions above'
                yield Problem(place, what, 'use "rows" and "cols", or "outputs" alone')
            seen = seen or view


def _is_reduction(node: Any) -> bool:
    return isinstance(node, Reduction)


def _complaint(name: str, text: str, over: str, axes: Axes, slices: bool) -> tuple[str, str] | None:
    """What is wrong with a reduction, and how to mend it; of slices of the first dimension, nothing goes across."""
    left = _LEFT.get(over, _ONE)
    if not axes:
        return f"{text} is one number, and {name} needs a value per element", f"leave {name} out"
    if axes == _EACH or (left and axes - left):
        return None
    ((line, across),) = (_LINES[axis] for axis in axes)
    fix = f'write {name}({text}, over="{across}")'
    if slices:
        line, fix = "output", f"leave {name} out"
    if left:
        return f"{text} has one number for each {line}, and {name} has nothing to go over there", fix
    return f"{text} has one number for each {line}, and {name} needs a value per element", fix


def _axes_of_series(spec: Spec) -> dict[str, Axes]:
    """Along which lines the locals and states differ at least: less only where no equation demands more."""
    equations = [*(equation for _, equation in known(spec)), *spec.initial]
    assigned = {equation.lhs.series for equation in equations}
    found = dict.fromkeys((s.name for s in spec.of_kind(Kind.LOCAL, Kind.STATE) if s.name in assigned), _ONE)
    while True:
        before = dict(found)
        for equation in equations:
            if equation.lhs.series in found:
                found[equation.lhs.series] |= _axes(equation.rhs, found)
        if found == before:
            return found


def _axes(node: Any, series: dict[str, Axes]) -> Axes:
    """Along which lines an expression differs, or may do."""
    if isinstance(node, At):
        return series.get(node.series, _EACH)
    if isinstance(node, Unknown | Draw):
        return _EACH
    if isinstance(node, Reduction):
        return _LEFT.get(node.over, _ONE)
    return _ONE.union(*(_axes(part, series) for part in parts(node)))


def _written(spec: Spec, equation: Equation, name: str, number: int) -> tuple[Location, str]:
    """Where a reduction stands, and the text of what it reduces."""
    places = call_places(spec, equation, name)
    if number >= len(places):
        return equation.location, "its argument"
    written = places[number].source[places[number].column : places[number].end_column]
    try:
        call = ast.parse(written, mode="eval").body
    except SyntaxError:  # it stands on several lines
        return places[number], "its argument"
    inner = ast.get_source_segment(written, call.args[0]) if isinstance(call, ast.Call) and call.args else None
    return places[number], inner or "its argument"
