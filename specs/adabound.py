"""AdaBound and AMSBound."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    flag,
    hyper,
    maximum,
    minimum,
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    where,
)


@optimizer(paper="Luo et al. 2019, arXiv:1902.09843, Algorithms 2 and 3", class_name="AdaBound")
def adabound(
    theta: Param,
    g: Grad,
    d: Local,
    low: Local = symbol(r"\eta_l"),
    high: Local = symbol(r"\eta_u"),
    rate: Local = symbol(r"\hat{\eta}"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    vmax: State = state(key="max_exp_avg_sq", tex=r"v^{\max}", only_if="amsbound"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    final_lr: Hyper = hyper(0.1, ge=0, tex=r"\eta_{\infty}"),
    gamma: Hyper = hyper(1e-3, gt=0),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    amsbound: Flag = flag(doc="divide by the largest second moment so far"),
) -> None:
    """Adam whose rates are clipped to bounds that close around one: it ends as SGD.

    As in the authors' code, moments are corrected for bias, and rates are not divided by the root of `t`. There the
    bounds follow a learning rate that changes; here they stay.
    """
    d[t] = g[t] + weight_decay * theta[t-1]
    m[t] = beta1 * m[t-1] + (1 - beta1) * d[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * d[t]**2
    vmax[t] = maximum(vmax[t-1], v[t])
    low[t] = final_lr * (1 - 1 / (gamma * t + 1))
    high[t] = final_lr * (1 + 1 / (gamma * t))
    rate[t] = lr * sqrt(1 - beta2**t) / (1 - beta1**t) / (sqrt(where(amsbound, vmax[t], v[t])) + eps)
    theta[t] = theta[t-1] - minimum(maximum(rate[t], low[t]), high[t]) * m[t]
