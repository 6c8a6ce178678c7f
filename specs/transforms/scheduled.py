"""Scheduled learning rate."""

from optgen.spec import Base, Grad, Hyper, Local, Param, Schedule, shared, symbol, t, transform


@transform(title="scheduled")
def scheduled(
    base: Base,
    schedule: Schedule,
    theta: Param,
    g: Grad,
    factor: Local = symbol("f"),
    lr: Hyper = shared(),
) -> None:
    """The learning rate of each step is multiplied by the schedule's factor."""
    factor[t] = schedule(t)
    theta[t] = base(theta[t-1], g[t], lr=factor[t] * lr)
