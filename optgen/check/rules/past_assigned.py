"""An equation gives the new value, `m[t]`; what `m[t-1]` was is settled."""

from collections.abc import Iterator

from optgen.check.record import series_kinds, written
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find equations for old values."""
    kinds = series_kinds(spec)
    for equation in spec.equations:
        name, lag = equation.lhs.series, equation.lhs.lag
        if lag is not None and lag > 0 and kinds[name] not in (Kind.GRAD, Kind.INPUT):
            text = f"{written(equation.location, equation.lhs)} is past and cannot be assigned"
            yield Problem(equation.location, text, f"write {name}[t] = ...")
