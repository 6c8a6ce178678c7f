"""Lion."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sign, state, t


@optimizer(paper="Chen et al. 2023, arXiv:2302.06675, Algorithm 2")
def lion(
    theta: Param,
    g: Grad,
    c: Local,
    m: State = state(key="exp_avg"),
    lr: Hyper = hyper(1e-4, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.99, ge=0, lt=1),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """The sign of a momentum that looks a step ahead, with decay of the parameter."""
    c[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    theta[t] = theta[t-1] - lr * (sign(c[t]) + weight_decay * theta[t-1])
    m[t] = beta2 * m[t-1] + (1 - beta2) * g[t]
