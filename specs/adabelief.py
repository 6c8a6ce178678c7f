"""AdaBelief."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sqrt, state, t


@optimizer(paper="Zhuang et al. 2020, arXiv:2010.07468, Algorithm 2", class_name="AdaBelief")
def adabelief(
    theta: Param,
    g: Grad,
    mhat: Local,
    shat: Local,
    m: State = state(key="exp_avg"),
    s: State = state(key="exp_avg_var"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-16, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """Adam that divides by how far the gradient strays from its running mean."""
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    s[t] = beta2 * s[t-1] + (1 - beta2) * (g[t] - m[t])**2 + eps
    mhat[t] = m[t] / (1 - beta1**t)
    shat[t] = s[t] / (1 - beta2**t)
    theta[t] = theta[t-1] - lr * (mhat[t] / (sqrt(shat[t]) + eps) + weight_decay * theta[t-1])
