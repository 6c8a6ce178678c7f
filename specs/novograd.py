"""NovoGrad."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    flag,
    hyper,
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    total,
    where,
)


@optimizer(paper="Ginsburg et al. 2019, arXiv:1905.11286, Algorithm 1", class_name="NovoGrad")
def novograd(
    theta: Param,
    g: Grad,
    d: Local,
    energy: Local = symbol("n"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.95, ge=0, lt=1),
    beta2: Hyper = hyper(0.98, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    grad_averaging: Flag = flag(doc="average what is scaled, instead of adding it up"),
) -> None:
    """Momentum of gradients that are scaled layer by layer: the second moment is one number for each tensor.

    Apex takes `grad_averaging`, others do not.
    """
    energy[t] = total(g[t]**2)
    v[t] = where(t > 1, beta2 * v[t-1] + (1 - beta2) * energy[t], energy[t])
    d[t] = g[t] / (sqrt(v[t]) + eps) + weight_decay * theta[t-1]
    m[t] = beta1 * m[t-1] + where(grad_averaging, 1 - beta1, 1) * d[t]
    theta[t] = theta[t-1] - lr * m[t]
