"""The parameter, each state and each local has an equation: without one it never changes, or never has a value."""

from collections.abc import Iterator

from optgen.check.record import written
from optgen.check.text import lost_names, mentions
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find what is used, or is the parameter, and has no equation."""
    assigned = {e.lhs.series for e in spec.equations} | lost_names(spec)
    if not spec.complete:
        assigned |= mentions(spec).assigned
    for series in spec.of_kind(Kind.PARAM, Kind.STATE, Kind.LOCAL):
        read = next((r for r in spec.reads if r.atom.series == series.name), None)
        if series.name in assigned:
            continue
        if series.kind is Kind.PARAM:
            text = f"{series.name}[t] is never assigned: the update does not move the parameter"
            yield Problem(series.location, text, f"end with {series.name}[t] = {series.name}[t-1] - ...")
        elif read and series.kind is Kind.STATE:
            text = f"{series.name} is never updated"
            yield Problem(series.location, text, f"write its equation, {series.name}[t] = ...")
        elif read:
            text = f"{written(read.location, read.atom)} is used, but {series.name} has no equation"
            yield Problem(read.location, text, f"write {series.name}[t] = ... above")
