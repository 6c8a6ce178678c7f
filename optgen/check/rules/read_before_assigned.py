"""Equations run from top to bottom: `b[t]` has its value behind the equation that assigns it, not before.

Most often `b[t-1]` was meant, the value of the step before.
"""

from collections.abc import Iterator

from optgen.check.record import premature, series_kinds, written
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find uses above the equation; of a local, which only has to be moved, the first."""
    kinds = series_kinds(spec)
    reported: set[str] = set()
    for read in premature(spec):
        name, kind = read.atom.series, kinds[read.atom.series]
        if kind in (Kind.GRAD, Kind.INPUT):
            continue
        number = next(n for n, e in enumerate(spec.equations) if (e.lhs.series, e.lhs.lag) == (name, 0))
        if kind is not Kind.LOCAL:
            fix = f"did you mean {name}[t-1]?"
        elif name in reported:
            continue
        elif number == read.after:
            fix = "a Local has no value before its equation; what is kept between steps is a State"
        else:
            line = spec.equations[number].location.line
            fix = f"its equation is in line {line}: move it up"
        reported.add(name)
        yield Problem(read.location, f"{written(read.location, read.atom)} is read before it is assigned", fix)
