"""A series has two values in a step: `m[t]`, the new one, and `m[t-1]`, the old one.

`m[1]`, `m[t+1]` and `m[t-2]` are none of them.
"""

import ast
import re
from collections.abc import Iterator

from optgen.check.record import loops_at, series_kinds, written
from optgen.problems import Location, Problem
from optgen.spec.model import Kind, Spec
from optgen.spec.places import node_place
from optgen.spec.symbols import At, First

_GIVEN = (Kind.GRAD, Kind.INPUT)


def check(spec: Spec) -> Iterator[Problem]:
    """Find times that are neither `t` nor `t-1`; those that a loop counts, once for the loop."""
    yield from {problem.location: problem for problem in _found(spec)}.values()


def _found(spec: Spec) -> Iterator[Problem]:
    kinds = series_kinds(spec)
    for read in spec.reads:
        lag, kind = read.atom.lag, kinds[read.atom.series]
        # What is not kept has no past at all, which is another rule.
        first = isinstance(read.atom, First)  # has a rule of its own, unless a loop counts to it
        if first and (counted := _counted(spec, read.location)):
            yield counted
        if not first and lag not in (0, 1) and (lag is None or lag < 0 or kind in (Kind.PARAM, Kind.STATE)):
            yield _counted(spec, read.location) or _problem(read.location, read.atom, kind)
    for equation in spec.equations:
        lag, kind = equation.lhs.lag, kinds[equation.lhs.series]
        if (lag is None or lag < 0) and kind not in _GIVEN:
            yield _counted(spec, equation.location) or _problem(equation.location, equation.lhs, Kind.LOCAL)


def _counted(spec: Spec, place: Location) -> Problem | None:
    """What to say of a time that a loop around it counts."""
    index = place.text.partition("[")[2]
    for loop in loops_at(spec, place.line):
        names = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
        if names & {*re.findall(r"\w+", index)}:
            text = f"for counts {index.removesuffix(']')}, which is no time of a series"
            where = node_place(loop, place.file).at("for")
            return Problem(where, text, "write each equation once, with t and t-1")
    return None


def _problem(place: Location, atom: At, kind: Kind) -> Problem:
    name, text = atom.series, written(place, atom)
    kept = kind in (Kind.PARAM, Kind.STATE)
    here = f"{name}[t] or {name}[t-1]" if kept else f"{name}[t]"
    if atom.lag is None:
        return Problem(place, f"{text} is no value of this step", f"write {here}")
    if atom.lag < 0:
        return Problem(place, f"{text} lies in the future", f"write {here}")
    fix = f"keep it in one more State: older[t] = {name}[t-1], and read older[t-1]"
    return Problem(place, f"{text} lies more than one step back", fix)
