"""What a state is called in checkpoints of vectors: a key, or nothing where nothing of vectors depends on the state.

`state(vector_key="")` is for what only matrices have, such as a number for each of their rows: then other equations may
use it in the matching arm of `where(dims > 1, a, b)` only.
"""

from collections.abc import Iterator

from optgen.check.record import of_vectors, uses_beside
from optgen.problems import Problem
from optgen.spec.model import Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find uses of what checkpoints of vectors do not have."""
    states = {s.name for s in spec.states if s.vector_key == ""}
    for place, equation, atom in uses_beside(spec, of_vectors, states):
        text = f"checkpoints of vectors have no {atom.series}, on which {equation.lhs} depends for them too"
        yield Problem(place, text, f"write where(dims > 1, {atom}, ...)")
