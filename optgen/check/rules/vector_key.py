"""What a state is called in checkpoints of vectors: a key, or nothing where nothing of vectors depends on the state.

`state(vector_key="")` is for what only matrices have, such as a number for each of their rows: then other equations may
use it in the matching arm of `where(dims > 1, a, b)` only.
"""

from collections.abc import Iterator

from optgen.check.record import atom_places, known, not_needed, of_vectors, unless
from optgen.problems import Problem
from optgen.spec.model import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find uses of what checkpoints of vectors do not have."""
    states = {s.name for s in spec.states if s.vector_key == ""}
    needless = states | not_needed(spec, of_vectors, states)
    for number, equation in known(spec) if states else ():
        if equation.lhs.series in needless:
            continue
        seen: dict[object, int] = {}
        for atom, out in unless(equation.rhs, of_vectors):
            count = seen.setdefault(atom, 0)
            seen[atom] += 1
            if atom.series in states and not out:
                places = atom_places(spec, number, atom)
                text = f"checkpoints of vectors have no {atom.series}, on which {equation.lhs} depends for them too"
                yield Problem(places[min(count, len(places) - 1)], text, f"write where(dims > 1, {atom}, ...)")
