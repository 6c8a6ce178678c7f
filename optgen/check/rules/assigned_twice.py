"""One equation for each name: a second one would give `m[t]` two meanings at one step."""

from collections.abc import Iterator

from optgen.check.record import doubled, loops_at, written
from optgen.check.text import without_equation
from optgen.problems import Location, Problem
from optgen.spec.model import Spec
from optgen.spec.places import node_place


def check(spec: Spec) -> Iterator[Problem]:
    """Find second equations, and loops that make them."""
    told: set[Location] = set()
    missing = without_equation(spec)
    second = doubled(spec)
    for first, equation in second:
        place, text = equation.location, written(equation.location, equation.lhs)
        loops = loops_at(spec, place.line) if place == first.location else []
        if loops:
            place = node_place(loops[-1], place.file).at("for")
            text, fix = f"for repeats the equation of {text}", "a series has one value at each step: write it once"
        else:
            text = f"{text} is assigned twice, first in line {first.location.line}"
            fix = "give one of the two values a name of its own, as a Local"
            if len(missing) == len(second) == 1:
                fix = f"did you mean {missing[0].name}[t], which has no equation?"
        if place not in told:
            told.add(place)
            yield Problem(place, text, fix)
