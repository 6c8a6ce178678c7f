"""QHAdam."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sqrt, state, t


@optimizer(paper="Ma & Yarats 2018, arXiv:1810.06801, Section 4", class_name="QHAdam")
def qhadam(
    theta: Param,
    g: Grad,
    d: Local,
    mhat: Local,
    vhat: Local,
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\alpha"),
    beta1: Hyper = hyper(0.995, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    nu1: Hyper = hyper(0.7, ge=0, le=1, arg="nus"),
    nu2: Hyper = hyper(1.0, ge=0, le=1, arg="nus"),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """Adam in which both moments are mixed with the gradient of the moment."""
    d[t] = g[t] + weight_decay * theta[t-1]
    m[t] = beta1 * m[t-1] + (1 - beta1) * d[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * d[t]**2
    mhat[t] = m[t] / (1 - beta1**t)
    vhat[t] = v[t] / (1 - beta2**t)
    theta[t] = theta[t-1] - lr * (
        ((1 - nu1) * d[t] + nu1 * mhat[t]) / (sqrt((1 - nu2) * d[t]**2 + nu2 * vhat[t]) + eps)
    )
