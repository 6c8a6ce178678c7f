"""LAMB."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, norm, optimizer, sqrt, state, symbol, t, where


@optimizer(paper="You et al. 2020, arXiv:1904.00962, Algorithm 2", class_name="LAMB")
def lamb(
    theta: Param,
    g: Grad,
    mhat: Local,
    vhat: Local,
    r: Local,
    weight_norm: Local = symbol(r"\phi"),
    update_norm: Local = symbol(r"\psi"),
    ratio: Local = symbol(r"\rho"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-6, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """AdamW whose step is as long, layer by layer, as a fixed share of the weights."""
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    mhat[t] = m[t] / (1 - beta1**t)
    vhat[t] = v[t] / (1 - beta2**t)
    r[t] = mhat[t] / (sqrt(vhat[t]) + eps) + weight_decay * theta[t-1]
    weight_norm[t] = norm(theta[t-1])
    update_norm[t] = norm(r[t])
    ratio[t] = where((weight_norm[t] > 0) & (update_norm[t] > 0), weight_norm[t] / update_norm[t], 1)
    theta[t] = theta[t-1] - lr * ratio[t] * r[t]
