"""Exponential moving average of the parameter."""

from optgen.spec import Base, Grad, Hyper, Param, State, hyper, state, t, transform


@transform(paper="Polyak & Juditsky 1992, doi:10.1137/0330046", title="averaged")
def parameter_average(
    base: Base,
    theta: Param,
    g: Grad,
    average: State = state(key="ema", tex=r"\bar{\theta}"),
    average_decay: Hyper = hyper(0.999, ge=0, lt=1, tex=r"\delta"),
) -> None:
    """Beside the parameter its moving average is kept, which is what to evaluate."""
    average[0] = theta[0]
    theta[t] = base(theta[t-1], g[t])
    average[t] = average_decay * average[t-1] + (1 - average_decay) * theta[t]
