"""Step decay."""

from optgen.spec import Factor, Hyper, floor, hyper, schedule, t


@schedule(class_name="StepDecay")
def step_decay(
    factor: Factor,
    period: Hyper = hyper(30, ge=1, tex="T"),
    gamma: Hyper = hyper(0.1, gt=0, le=1),
) -> None:
    """The factor drops by the same share every so many steps."""
    factor[t] = gamma**floor((t - 1) / period)
