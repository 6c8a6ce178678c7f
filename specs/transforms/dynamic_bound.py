"""Dynamic bounds on the learning rates."""

from optgen.spec import Base, Grad, Hyper, Local, Param, hyper, maximum, minimum, symbol, t, transform


@transform(paper="Luo et al. 2019, arXiv:1902.09843, Algorithm 2", title="dynamic bound")
def dynamic_bound(
    base: Base,
    theta: Param,
    g: Grad,
    rate: Local = symbol(r"\hat{\eta}"),
    direction: Local = symbol("u"),
    low: Local = symbol(r"\eta_l"),
    high: Local = symbol(r"\eta_u"),
    final_lr: Hyper = hyper(0.1, ge=0, tex=r"\eta_{\infty}"),
    gamma: Hyper = hyper(1e-3, gt=0),
) -> None:
    """The rate of each element is clipped to bounds that close around one.

    To the rate belongs all that the base divides by, corrections for bias included: around Adam this is AdaBound.
    """
    low[t] = final_lr * (1 - 1 / (gamma * t + 1))
    high[t] = final_lr * (1 + 1 / (gamma * t))
    rate[t], direction[t] = base.split(theta[t-1], g[t])
    theta[t] = theta[t-1] - minimum(maximum(rate[t], low[t]), high[t]) * direction[t]
