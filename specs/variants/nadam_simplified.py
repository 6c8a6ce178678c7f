"""Nadam without a momentum schedule."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sqrt, state, t


@optimizer(title="Nadam, simplified")
def nadam_simplified(
    theta: Param,
    g: Grad,
    mhat: Local,
    vhat: Local,
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\alpha"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
) -> None:
    """Adam that looks ahead along its corrected momentum.

    Differs from Nadam: momentum has no schedule, and the correction is that of this step for both terms.
    """
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    mhat[t] = m[t] / (1 - beta1**t)
    vhat[t] = v[t] / (1 - beta2**t)
    theta[t] = theta[t-1] - lr / (sqrt(vhat[t]) + eps) * (beta1 * mhat[t] + (1 - beta1) * g[t] / (1 - beta1**t))
