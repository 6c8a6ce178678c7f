"""The names that a spec cannot use, and why; the one place that says so."""

from __future__ import annotations

import builtins
import keyword
from dataclasses import dataclass
from functools import cache

import optgen.spec as language
from optgen.spec.endings import ENDINGS
from optgen.spec.model import Kind
from optgen.targets import targets

HYPER, FLAG = "hyper", "flag"
SPEC = "spec"
_ANY = frozenset({*Kind, HYPER, FLAG})
_ARGUMENTS = frozenset({HYPER, FLAG, Kind.INPUT})


@dataclass(frozen=True)
class Group:
    """Names that are taken for one reason.

    Attributes:
        names: The names.
        reason: What they are, behind "is".
        kinds: The kinds of declarations that cannot have them: those of series, `HYPER`, `FLAG`, and `SPEC`
            for the function itself.
    """

    names: frozenset[str]
    reason: str
    kinds: frozenset[str]


GROUPS = (
    # A parameter of this name would hide the function from the body, and a spec's name from the whole file.
    Group(frozenset(language.__all__), "a word of optgen.spec", _ANY | {SPEC}),
    # Generated code calls these: `float(lr)`, `isinstance(x, list)`, ...
    Group(frozenset(dir(builtins)) | frozenset(keyword.kwlist), "a word of Python", _ANY),
    # Generated code imports these under the names that everyone knows.
    Group(frozenset({"np", "math", "numba", "tl", "torch", "triton"}), "a module in generated code", _ANY),
    # `step(theta, grad, state, t, **hyper)`.
    Group(frozenset({"theta"}), "the parameter in generated code", _ANY - {Kind.PARAM}),
    Group(frozenset({"grad"}), "the gradient in generated code", _ANY - {Kind.GRAD}),
    # The generated functions; a local stands inside them and cannot be in their way.
    Group(frozenset({"init", "step"}), "a function of generated code", _ANY - {Kind.LOCAL}),
    # The module of all classes stands beside the folders of the optimizers.
    Group(frozenset({"optim"}), "the module of all classes", frozenset({SPEC})),
    # Arguments of the torch class beside the hyper-parameters; it takes `beta1`, `beta2` as `betas`.
    Group(frozenset({"self", "params", "betas"}), "an argument of the torch class", frozenset({HYPER, FLAG})),
)

CLASS_NAMES = frozenset(
    {
        "Any",
        "ClassVar",
        "Domain",
        "Field",
        "FusedOptimizer",
        "Iterable",
        "Optimizer",
        "Params",
        "ShiftedOptimizer",
        "Tensor",
    }
)
"""Classes that generated modules import or derive from."""

CHECKPOINT_KEYS = frozenset({"step"})
"""What torch.optim keeps in the state of every parameter by itself."""


@cache
def _target_groups() -> tuple[Group, ...]:
    """What the targets' own code uses: arguments are printed under their own names, everything else can give way."""
    return tuple(Group(t.reserved, f"a name in the code of the target {t.name}", _ARGUMENTS) for t in targets())


def reason_against(name: str, kind: str) -> str:
    """Why a declaration of this kind cannot have this name; empty where it can."""
    if not name.isascii():
        return "not in ASCII letters, which generated code is written in"
    if name.startswith("_") or name.endswith("_"):
        return "reserved: names that begin or end with _ are for generated code"
    for ending, meaning in ENDINGS.items():
        if name.endswith(ending) and kind != SPEC:
            return f"reserved: the ending {ending} marks {meaning}"
    groups = (*GROUPS, *_target_groups())
    return next((f"{g.reason} already" for g in groups if name in g.names and kind in g.kinds), "")
