"""Adan."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, optimizer, sqrt, state, symbol, t, where


@optimizer(paper="Xie et al. 2022, arXiv:2208.06677, Algorithm 1")
def adan(
    theta: Param,
    g: Grad,
    diff: Local = symbol(r"\delta"),
    update: Local = symbol("u"),
    last: State = state(key="pre_grad", tex=r"g^{-}"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_diff"),
    n: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.98, ge=0, lt=1),
    beta2: Hyper = hyper(0.92, ge=0, lt=1),
    beta3: Hyper = hyper(0.99, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    no_prox: Flag = flag(doc="decay before the update instead of behind it"),
) -> None:
    """Nesterov momentum estimated from the difference of gradients, with decay by a proximal step.

    The paper keeps `beta_i` where this keeps `1 - beta_i`, as implementations do.
    """
    diff[t] = where(t > 1, g[t] - last[t-1], 0)
    last[t] = g[t]
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * diff[t]
    n[t] = beta3 * n[t-1] + (1 - beta3) * (g[t] + beta2 * diff[t])**2
    update[t] = (m[t] / (1 - beta1**t) + beta2 * v[t] / (1 - beta2**t)) / (sqrt(n[t] / (1 - beta3**t)) + eps)
    theta[t] = where(
        no_prox,
        (1 - lr * weight_decay) * theta[t-1] - lr * update[t],
        (theta[t-1] - lr * update[t]) / (1 + lr * weight_decay),
    )
