"""The gradient and the inputs come from outside: a spec reads them and does not assign them."""

from collections.abc import Iterator

from optgen.check.record import series_kinds, written
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec

_WHAT = {Kind.GRAD: "the gradient", Kind.INPUT: "an input"}


def check(spec: Spec) -> Iterator[Problem]:
    """Find equations for what is given."""
    kinds = series_kinds(spec)
    for equation in spec.equations:
        kind = kinds[equation.lhs.series]
        if kind in _WHAT:
            text = f"{written(equation.location, equation.lhs)} is {_WHAT[kind]} and cannot be assigned"
            yield Problem(equation.location, text, "declare a Local for what is computed from it: d: Local, d[t] = ...")
