"""Prodigy."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    absolute,
    flag,
    hyper,
    maximum,
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    total,
    where,
)


@optimizer(paper="Mishchenko & Defazio 2024, arXiv:2306.06101, Algorithm 4")
def prodigy(
    theta: Param,
    g: Grad,
    rate: Local = symbol(r"\hat{\eta}"),
    z: State = state(key="p0"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    s: State = state(key="s"),
    r: State = state(key="d_numerator"),
    d: State = state(init="d0", key="d"),
    lr: Hyper = hyper(1, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    d0: Hyper = hyper(1e-6, gt=0, tex="d_0"),
    d_coef: Hyper = hyper(1, gt=0, tex=r"\gamma"),
    bias_correction: Flag = flag(doc="correct the bias of both moments, in the step size"),
) -> None:
    """Adam that finds its step size: an estimate, from all tensors together, of how far the solution is from the start.

    The estimate is applied at the next step.
    """
    z[0] = theta[0]
    rate[t] = where(bias_correction, lr * sqrt(1 - beta2**t) / (1 - beta1**t), lr) * d[t-1]
    m[t] = beta1 * m[t-1] + (1 - beta1) * d[t-1] * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * (d[t-1] * g[t])**2
    r[t] = sqrt(beta2) * r[t-1] + (1 - sqrt(beta2)) * rate[t] * d[t-1] * total(g[t] * (z[t-1] - theta[t-1]), over="all")
    s[t] = sqrt(beta2) * s[t-1] + (1 - sqrt(beta2)) * rate[t] * d[t-1] * g[t]
    d[t] = where(
        total(absolute(s[t]), over="all") > 0,
        maximum(d[t-1], d_coef * r[t] / total(absolute(s[t]), over="all")),
        d[t-1],
    )
    theta[t] = theta[t-1] - rate[t] * (m[t] / (sqrt(v[t]) + d[t-1] * eps) + weight_decay * theta[t-1])
