"""Only the parameter and the states are kept from one step to the next: nothing else is.

Their value at `t-1` would have to be stored, and a `State` says so.
"""

from collections.abc import Iterator

from optgen.check.record import series_kinds, written
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec

_WHAT = {Kind.LOCAL: "a Local", Kind.GRAD: "the gradient", Kind.INPUT: "an Input", Kind.FACTOR: "the factor"}


def check(spec: Spec) -> Iterator[Problem]:
    """Find old values of what is not kept."""
    kinds = series_kinds(spec)
    for read in spec.reads:
        name, lag = read.atom.series, read.atom.lag
        kind = kinds[name]
        if kind in _WHAT and lag is not None and lag > 0:
            text = f"{written(read.location, read.atom)}: {name} is {_WHAT[kind]}, which is not kept between steps"
            fix = f"declare it as {name}: State"
            if kind is Kind.FACTOR:
                fix = "make the factor of t and hyper-parameters: it can be asked for any step"
            elif kind is not Kind.LOCAL:
                fix = f"keep it in a State: old[t] = {name}[t], and read old[t-1]"
            yield Problem(read.location, text, fix)
