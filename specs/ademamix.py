"""AdEMAMix."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sqrt, state, t


@optimizer(paper="Pagliardini, Ablin & Grangier 2024, arXiv:2409.03137, Algorithm 1", class_name="AdEMAMix")
def ademamix(
    theta: Param,
    g: Grad,
    mhat: Local,
    vhat: Local,
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
) -> None:
    """AdamW with a second, much slower momentum beside the first."""
    m1[t] = beta1 * m1[t-1] + (1 - beta1) * g[t]
    m2[t] = beta3 * m2[t-1] + (1 - beta3) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    mhat[t] = m1[t] / (1 - beta1**t)
    vhat[t] = v[t] / (1 - beta2**t)
    theta[t] = theta[t-1] - lr * ((mhat[t] + alpha * m2[t]) / (sqrt(vhat[t]) + eps) + weight_decay * theta[t-1])
