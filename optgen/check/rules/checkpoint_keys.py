"""Each state has a key of its own in checkpoints: two under one key would overwrite each other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from optgen.check.declared import default_place
from optgen.check.reserved import CHECKPOINT_KEYS, reason_against
from optgen.problems import Problem
from optgen.spec.arguments import arguments
from optgen.spec.functions import Reduction
from optgen.spec.model import Series, Spec

_OF_GROUPS = frozenset(
    {"params", "param_names", "seed", "maximize", "capturable", "foreach", "fused", "differentiable"}
)
"""What a group of parameters has beside the arguments of the equations."""


def check(spec: Spec) -> Iterator[Problem]:
    """Find keys that are taken, or are none."""
    of_vectors = [replace(s, key=s.key if s.vector_key is None else s.vector_key) for s in spec.states]
    found = [*_problems(spec, spec.states, "key"), *_problems(spec, of_vectors, "vector_key")]
    yield from dict.fromkeys(found)


def _problems(spec: Spec, states: Sequence[Series], argument: str) -> Iterator[Problem]:
    """The same among the keys that states have for some tensors.

    Args:
        spec: Whose.
        states: Its states, with these keys.
        argument: What the keys are declared by.
    """
    taken: dict[str, str] = {}
    together = any(node.over == "all" for equation in spec.equations for node in equation.rhs.atoms(Reduction))
    of_groups = {*_OF_GROUPS, *(argument.name for argument in arguments(spec))} if together else set()
    for series in states:
        key: object = series.key
        declared = "key" if series.vector_key is None else argument
        if declared == "vector_key" and key == "":
            continue
        place = default_place(spec, series.name, series.location, declared)
        if not isinstance(key, str) or not key:
            yield Problem(place, f"{key!r} is no key for {series.name} in checkpoints", 'write key="exp_avg"')
            continue
        if key == series.name and reason_against(series.name, series.kind):
            continue  # the name has to give way, and the key with it
        if key in CHECKPOINT_KEYS:
            yield Problem(place, f"torch keeps something of its own under the key {key}", "choose another key")
        elif key in of_groups:
            text = f"{key} is an argument, beside which numbers that all parameters share stand in checkpoints"
            yield Problem(place, text, "choose another key")
        elif key in taken:
            text = f"{series.name} has the key {key} in checkpoints, which {taken[key]} has already"
            yield Problem(place, text, "choose another key")
        taken.setdefault(key, series.name)
