"""Exponential decay."""

from optgen.spec import Factor, Hyper, hyper, schedule, t


@schedule(class_name="ExponentialDecay")
def exponential_decay(factor: Factor, gamma: Hyper = hyper(0.99, gt=0, le=1)) -> None:
    """The factor shrinks by the same share at every step; it is one at the first."""
    factor[t] = gamma**(t - 1)
