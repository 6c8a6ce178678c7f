"""AdEMAMix."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    exp,
    flag,
    hyper,
    log,
    maximum,
    minimum,
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    where,
)


@optimizer(paper="Pagliardini, Ablin & Grangier 2024, arXiv:2409.03137, Algorithm 1", class_name="AdEMAMix")
def ademamix(
    theta: Param,
    g: Grad,
    vhat: Local,
    share: Local = symbol("r"),
    slow: Local = symbol(r"\beta_{3,t}"),
    m1: State = state(key="exp_avg"),
    m2: State = state(key="exp_avg_slow"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    beta3: Hyper = hyper(0.9999, ge=0, lt=1),
    alpha: Hyper = hyper(5, ge=0),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    warmup: Hyper = hyper(0, ge=0, tex="T"),
    warming: Flag = flag(nonzero="warmup", doc="raise alpha from 0 and beta3 from beta1 over that many steps"),
) -> None:
    """AdamW with a second, much slower momentum beside the first.

    The half-life of the slow momentum rises in equal steps: that is the paper's schedule for `beta3`.
    """
    share[t] = minimum(t / maximum(warmup, 1), 1)
    slow[t] = where(
        warming, exp(1 / ((1 - share[t]) / log(maximum(beta1, 1e-8)) + share[t] / log(maximum(beta3, 1e-8)))), beta3
    )
    m1[t] = beta1 * m1[t-1] + (1 - beta1) * g[t]
    m2[t] = slow[t] * m2[t-1] + (1 - slow[t]) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    vhat[t] = v[t] / (1 - beta2**t)
    theta[t] = theta[t-1] - lr * (
        (m1[t] / (1 - beta1**t) + where(warming, share[t], 1) * alpha * m2[t]) / (sqrt(vhat[t]) + eps)
        + weight_decay * theta[t-1]
    )
