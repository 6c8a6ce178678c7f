"""Adam with its moments corrected by the learning rate."""

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
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    where,
)


@optimizer(title="Adam, eps hat", paper="Kingma & Ba 2015, arXiv:1412.6980, Section 2")
def adam_eps_hat(
    theta: Param,
    g: Grad,
    rate: Local = symbol(r"\alpha"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    vmax: State = state(key="max_exp_avg_sq", tex=r"v^{\max}", only_if="amsgrad"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-7, ge=0, tex=r"\hat\epsilon"),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    amsgrad: Flag = flag(doc="divide by the largest second moment so far"),
) -> None:
    """Adam in the order of computation of TensorFlow and Keras: the learning rate takes over the corrections.

    Differs from Adam in that eps is not corrected: in the first step, with beta2 of 0.999, it counts for thirty times
    as much. Weight decay is decoupled.
    """
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    vmax[t] = maximum(vmax[t-1], v[t])
    rate[t] = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    root = sqrt(where(amsgrad, vmax[t], v[t]))
    theta[t] = theta[t-1] - lr * weight_decay * theta[t-1] - rate[t] * m[t] / (root + eps)
