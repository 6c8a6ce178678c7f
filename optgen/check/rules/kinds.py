"""An optimizer has one parameter and one gradient: its equations say how one tensor moves along its gradient.

A schedule has one factor instead, and nothing that belongs to a tensor.
"""

from collections.abc import Iterator

from optgen.check.text import declared_names, undeclared_kinds, understood_names
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec, SpecKind

_OPTIMIZER = (
    (Kind.PARAM, "parameter", "theta: Param", "what else is kept is a State, what else comes in an Input"),
    (Kind.GRAD, "gradient", "g: Grad", "what else comes in is an Input"),
)
_SCHEDULE = ((Kind.FACTOR, "factor", "factor: Factor", "what else is computed is a Local"),)


def check(spec: Spec) -> Iterator[Problem]:
    """Find missing and second ones."""
    all_understood = declared_names(spec) <= understood_names(spec)
    named = undeclared_kinds(spec).values()
    schedule = spec.kind is SpecKind.SCHEDULE
    for series in spec.series:
        if series.kind is not Kind.LOCAL and (series.kind is Kind.FACTOR) is not schedule:
            fix = "it has a Factor, Locals, Hypers and Flags" if schedule else "a Factor is what a schedule gives"
            text = f"{series.name} is declared as {series.kind}, which belongs to no {spec.kind}"
            yield Problem(series.location, text, fix)
    for kind, word, example, others in _SCHEDULE if schedule else _OPTIMIZER:
        first, *rest = spec.of_kind(kind) or (None,)
        # A misspelt one is reported already, and so is one that has a name but no declaration.
        if first is None and all_understood and kind not in named:
            yield Problem(spec.location, f"{spec.name} has no {word}", f"declare it in the def line: {example}")
        for extra in rest:
            if extra and first:
                text = f"{extra.name} is a second {word}, beside {first.name}"
                yield Problem(extra.location, text, others)
