"""What depends on numbers and hyper-parameters alone has a finite real value with the defaults.

`sqrt(-1)` has none whatever the user sets, and `log(beta1 - 1)` none for a `beta1` below one: the parameter would be
NaN after the first step. Arms of `where` that the defaults do not choose may hold what they guard against.
"""

from collections.abc import Iterator
from typing import Any

import sympy

from optgen.check.defaults import undefined
from optgen.check.record import expression_place
from optgen.problems import Location, Problem
from optgen.spec.model import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find infinite values, and those that are no real numbers."""
    told: set[Location] = set()
    for number, node, wrong in undefined(spec):
        equation = spec.equations[number]
        place = expression_place(spec, equation, node)
        if place not in told:
            told.add(place)
            yield Problem(place, *_message(spec, node, wrong, "" if place == equation.location else place.text))


def _message(spec: Spec, node: Any, wrong: str, written: str) -> tuple[str, str]:
    """What to say of a value that is wrong, and the fix."""
    if isinstance(node, sympy.Pow) and node.exp == -1:
        text = "division by zero" if written else "this equation divides by zero"
    else:
        text = f"{written or 'a part of this equation'} {wrong}"
    names = {symbol.name for symbol in node.free_symbols}
    defaults = [f"{h.name} = {h.default}" for h in spec.hypers if h.name in names]
    if not names:
        return text, "numbers are real and finite"
    given = f"the default {' and '.join(defaults)}" if defaults else "the defaults"
    return f"{text} with {given}", "change the default, or choose with where(condition, a, b)"
