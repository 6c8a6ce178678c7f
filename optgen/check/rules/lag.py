"""A series has two values in a step: `m[t]`, the new one, and `m[t-1]`, the old one.

`m[0]`, `m[t+1]` and `m[t-2]` are none of them.
"""

from collections.abc import Iterator

from optgen.check.record import series_kinds, written
from optgen.problems import Location, Problem
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import At

_GIVEN = (Kind.GRAD, Kind.INPUT)


def check(spec: Spec) -> Iterator[Problem]:
    """Find times that are neither `t` nor `t-1`."""
    kinds = series_kinds(spec)
    for read in spec.reads:
        lag, kind = read.atom.lag, kinds[read.atom.series]
        # What is not kept has no past at all, which is another rule.
        if lag not in (0, 1) and (lag is None or lag < 0 or kind in (Kind.PARAM, Kind.STATE)):
            yield _problem(read.location, read.atom, kind)
    for equation in spec.equations:
        lag, kind = equation.lhs.lag, kinds[equation.lhs.series]
        if (lag is None or lag < 0) and kind not in _GIVEN:
            yield _problem(equation.location, equation.lhs, Kind.LOCAL)


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
