"""Constant factor."""

from optgen.spec import Factor, Hyper, hyper, schedule, t


@schedule()
def constant(factor: Factor, value: Hyper = hyper(1, ge=0, tex="c")) -> None:
    """The same factor at every step."""
    factor[t] = value
