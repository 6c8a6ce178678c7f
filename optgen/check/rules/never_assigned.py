"""The parameter, each state and each local has an equation: without one it never changes, or never has a value."""

from collections.abc import Iterator

from optgen.check.record import doubled, written
from optgen.check.text import misplaced, without_equation
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find what is used, or is the parameter, and has no equation."""
    missing = without_equation(spec)
    if missing and spec.complete and not spec.equations:
        fix = "write the update, one equation a line: theta[t] = theta[t-1] - lr * g[t]"
        yield Problem(spec.location, f"{spec.name} has no equations", fix)
        return
    if len(missing) <= len(doubled(spec)) + misplaced(spec):
        return  # those are meant, and are reported
    for series in missing:
        read = next((r for r in spec.reads if r.atom.series == series.name), None)
        if series.kind is Kind.PARAM:
            text = f"{series.name}[t] is never assigned: the update does not move the parameter"
            yield Problem(series.location, text, f"end with {series.name}[t] = {series.name}[t-1] - ...")
        elif series.kind is Kind.STATE:
            text = f"{series.name} is never updated"
            yield Problem(series.location, text, f"write its equation, {series.name}[t] = ...")
        elif read:
            text = f"{written(read.location, read.atom)} is used, but {series.name} has no equation"
            yield Problem(read.location, text, f"write {series.name}[t] = ... above")
