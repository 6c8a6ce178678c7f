"""A state is kept from step to step in order to be read: one whose old value nobody reads is a local."""

from collections.abc import Iterator

from optgen.check.record import premature
from optgen.problems import Problem
from optgen.spec.model import Spec

LAST = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find states that are used, but never at `t-1`."""
    recalled = {r.atom.series for r in (*(r for r in spec.reads if r.atom.lag != 0), *premature(spec))}
    used = {r.atom.series for r in spec.reads}
    for series in spec.states:
        if series.name in used - recalled and any(e.lhs.series == series.name for e in spec.equations):
            text = f"{series.name}[t-1] is never read, so {series.name} need not be kept between steps"
            yield Problem(series.location, text, f"declare it as {series.name}: Local")
