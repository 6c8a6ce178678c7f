"""A state under a flag exists only with the flag on, so only what is needed under the flag may use it.

That is its own equation, what only such equations use, and the matching arm of `where(flag, a, b)`.
"""

from collections.abc import Iterator

from optgen.check.record import uses_beside, without_flag
from optgen.problems import Problem
from optgen.spec.model import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find uses of states where the state may not exist."""
    for flag in [f.name for f in spec.flags]:
        states = {s.name for s in spec.states if s.only_if == flag}
        for place, equation, atom in uses_beside(spec, without_flag(flag), states):
            text = f"{atom.series} exists only under {flag}, and {equation.lhs} is needed without it too"
            yield Problem(place, text, f"use it in the arm of the flag: where({flag}, {atom}, ...)")
