"""MARS."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, maximum, norm, optimizer, sqrt, state, symbol, t, where


@optimizer(paper="Yuan et al. 2024, arXiv:2411.10438, Algorithm 2, approximate form", class_name="MARS", title="MARS")
def mars(
    theta: Param,
    g: Grad,
    c: Local,
    mhat: Local,
    vhat: Local,
    size: Local = symbol("n"),
    clipped: Local = symbol(r"\tilde{c}"),
    last: State = state(key="last_grad", tex=r"g^{-}"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(3e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.95, ge=0, lt=1),
    beta2: Hyper = hyper(0.99, ge=0, lt=1),
    gamma: Hyper = hyper(0.025, ge=0),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """AdamW of gradients corrected by how they changed since the step before, each tensor's clipped to length one.

    The first gradient is not corrected: in the paper there was no step before it. The authors' code takes zeros for the
    gradient before the first.
    """
    c[t] = g[t] + where(t > 1, gamma * beta1 / (1 - beta1), 0) * (g[t] - last[t-1])
    last[t] = g[t]
    size[t] = norm(c[t])
    clipped[t] = c[t] / maximum(size[t], 1)
    m[t] = beta1 * m[t-1] + (1 - beta1) * clipped[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * clipped[t]**2
    mhat[t] = m[t] / (1 - beta1**t)
    vhat[t] = v[t] / (1 - beta2**t)
    theta[t] = theta[t-1] - lr * (mhat[t] / (sqrt(vhat[t]) + eps) + weight_decay * theta[t-1])
