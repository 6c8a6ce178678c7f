"""Sophia."""

from optgen.spec import (
    Grad,
    Hyper,
    Input,
    Param,
    State,
    equal,
    hyper,
    maximum,
    minimum,
    optimizer,
    state,
    symbol,
    t,
    where,
)


@optimizer(paper="Liu et al. 2023, arXiv:2305.14342, Algorithm 3")
def sophia(
    theta: Param,
    g: Grad,
    hessian: Input = symbol(r"\hat{h}"),
    m: State = state(key="exp_avg"),
    h: State = state(key="hessian"),
    lr: Hyper = hyper(1e-4, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.96, ge=0, lt=1),
    beta2: Hyper = hyper(0.99, ge=0, lt=1),
    gamma: Hyper = hyper(0.01, gt=0),
    eps: Hyper = hyper(1e-12, gt=0),
    weight_decay: Hyper = hyper(0.1, ge=0, tex=r"\lambda"),
    interval: Hyper = hyper(10, ge=1, tex="k"),
) -> None:
    """Momentum over a running estimate of the Hessian's diagonal, each coordinate clipped at one.

    `hessian` is the estimate of this step (Hutchinson or Gauss-Newton-Bartlett), used at every `interval`-th step.
    """
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    h[t] = where(equal(t % interval, 1 % interval), beta2 * h[t-1] + (1 - beta2) * hessian[t], h[t-1])
    theta[t] = theta[t-1] - lr * (
        minimum(maximum(m[t] / maximum(gamma * h[t], eps), -1), 1) + weight_decay * theta[t-1]
    )
