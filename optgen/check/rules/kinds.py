"""A spec has one parameter and one gradient: its equations say how one tensor moves along its gradient."""

from collections.abc import Iterator

from optgen.check.text import declared_names, undeclared_kinds, understood_names
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec

_NEEDED = (
    (Kind.PARAM, "parameter", "theta: Param", "what else is kept is a State, what else comes in an Input"),
    (Kind.GRAD, "gradient", "g: Grad", "what else comes in is an Input"),
)


def check(spec: Spec) -> Iterator[Problem]:
    """Find missing and second ones."""
    all_understood = declared_names(spec) <= understood_names(spec)
    named = undeclared_kinds(spec).values()
    for kind, word, example, others in _NEEDED:
        first, *rest = spec.of_kind(kind) or (None,)
        # A misspelt one is reported already, and so is one that has a name but no declaration.
        if first is None and all_understood and kind not in named:
            yield Problem(spec.location, f"{spec.name} has no {word}", f"declare it in the def line: {example}")
        for extra in rest:
            if extra and first:
                text = f"{extra.name} is a second {word}, beside {first.name}"
                yield Problem(extra.location, text, others)
