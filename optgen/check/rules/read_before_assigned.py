"""Equations run from top to bottom: `b[t]` has its value behind the equation that assigns it, not before.

In its own equation most often `b[t-1]` was meant, the value of the step before; else the lines are in a wrong order.
"""

from collections.abc import Iterator

from optgen.check.record import premature, series_kinds, written
from optgen.problems import Problem
from optgen.spec.model import Kind, Read, Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find uses above the equation: all in the equation itself, and else one for each line or name to move."""
    kinds = series_kinds(spec)
    numbers = {e.lhs.series: n for n, e in reversed([*enumerate(spec.equations)]) if e.lhs.lag == 0}
    reads = [r for r in premature(spec) if kinds[r.atom.series] not in (Kind.GRAD, Kind.INPUT)]
    told: set[object] = set()
    for read in reads:
        name = read.atom.series
        if numbers[name] == read.after:
            fix = f"did you mean {name}[t-1]?"
            if kinds[name] is Kind.LOCAL:
                fix = "a Local has no value before its equation; what is kept between steps is a State"
                if name in told:
                    continue
        else:
            late = [numbers[r.atom.series] for r in reads if r.after == read.after]
            if name in told or read.after in told or numbers[name] < max(late):
                continue
            told.add(read.after)
            fix = _order(spec, read, numbers[name], {r.after for r in reads if r.atom == read.atom})
            fix += f", or read {name}[t-1]" if kinds[name] is not Kind.LOCAL else ""
        told.add(name)
        yield Problem(read.location, f"{written(read.location, read.atom)} is read before it is assigned", fix)


def _order(spec: Spec, read: Read, number: int, lines: set[int]) -> str:
    """What to move: the line that reads too early, or the late equation where several lines want it."""
    late = f"{read.atom} is assigned in line {spec.equations[number].location.line}"
    early = spec.equations[read.after].lhs if read.after < len(spec.equations) else None
    if any(r.after == number and r.atom == early for r in spec.reads):
        return f"{late}, which uses {early}: one of the two has to do without the other"
    return f"{late}: move {'that line above this one' if len(lines) > 1 else 'this line below it'}"
