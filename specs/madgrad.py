"""MADGRAD."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sqrt, state, symbol, t


@optimizer(paper="Defazio & Jelassi 2021, arXiv:2101.11075, Algorithm 1", class_name="MADGRAD", title="MADGRAD")
def madgrad(
    theta: Param,
    g: Grad,
    d: Local,
    z: Local,
    weight: Local = symbol(r"\lambda"),
    s: State = state(key="s"),
    v: State = state(key="grad_sum_sq"),
    start: State = state(key="x0", tex="x"),
    lr: Hyper = hyper(1e-2, gt=0, tex=r"\gamma"),
    momentum: Hyper = hyper(0.9, ge=0, lt=1),
    weight_decay: Hyper = hyper(0, ge=0, tex="w"),
    eps: Hyper = hyper(1e-6, ge=0),
) -> None:
    """Dual averaging from where the parameter began, scaled by the cube root of the squared gradients."""
    start[0] = theta[0]
    d[t] = g[t] + weight_decay * theta[t-1]
    weight[t] = (lr + eps) * sqrt(t)
    s[t] = s[t-1] + weight[t] * d[t]
    v[t] = v[t-1] + weight[t] * d[t]**2
    z[t] = start[t-1] - s[t] / (v[t]**(1 / 3) + eps)
    theta[t] = momentum * theta[t-1] + (1 - momentum) * z[t]
