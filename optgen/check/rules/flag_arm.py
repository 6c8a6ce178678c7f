"""A state under a flag exists only with the flag on, so only what is needed under the flag may use it.

That is its own equation, what only such equations use, and the matching arm of `where(flag, a, b)`.
"""

from collections.abc import Iterator

from optgen.check.record import atom_places, known, not_needed, unless, without_flag
from optgen.problems import Problem
from optgen.spec.model import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find uses of states where the state may not exist."""
    flags = {f.name for f in spec.flags}
    guarded = {flag: {s.name for s in spec.states if s.only_if == flag} for flag in flags}
    for flag, states in guarded.items():
        if not states:
            continue
        case = without_flag(flag)
        needed = states | not_needed(spec, case, states)
        for number, equation in known(spec):
            if equation.lhs.series in needed:
                continue
            seen: dict[object, int] = {}
            for atom, out in unless(equation.rhs, case):
                count = seen.setdefault(atom, 0)
                seen[atom] += 1
                if atom.series in states and not out:
                    places = atom_places(spec, number, atom)
                    text = f"{atom.series} exists only under {flag}, and {equation.lhs} is needed without it too"
                    fix = f"use it in the arm of the flag: where({flag}, {atom}, ...)"
                    yield Problem(places[min(count, len(places) - 1)], text, fix)
