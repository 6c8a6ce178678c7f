"""One equation for each name: a second one would give `m[t]` two meanings at one step."""

from collections.abc import Iterator

from optgen.check.record import series_kinds, written
from optgen.problems import Location, Problem
from optgen.spec.model import Kind, Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find second equations."""
    kinds = series_kinds(spec)
    first: dict[str, Location] = {}
    for equation in spec.equations:
        name = equation.lhs.series
        if equation.lhs.lag != 0 or kinds[name] in (Kind.GRAD, Kind.INPUT):
            continue
        if name in first:
            text = f"{written(equation.location, equation.lhs)} is assigned twice, first in line {first[name].line}"
            yield Problem(equation.location, text, "give one of the two values a name of its own, as a Local")
        first.setdefault(name, equation.location)
