"""Adadelta."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sqrt, state, symbol, t


@optimizer(paper="Zeiler 2012, arXiv:1212.5701, Algorithm 1", class_name="Adadelta")
def adadelta(
    theta: Param,
    g: Grad,
    d: Local,
    step: Local = symbol(r"\Delta"),
    v: State = state(key="square_avg"),
    u: State = state(key="acc_delta"),
    lr: Hyper = hyper(1.0, ge=0, tex=r"\eta"),
    rho: Hyper = hyper(0.9, ge=0, lt=1),
    eps: Hyper = hyper(1e-6, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """Steps in units of the parameter: the root mean square of past steps over that of gradients.

    The paper has no learning rate; libraries multiply by one.
    """
    d[t] = g[t] + weight_decay * theta[t-1]
    v[t] = rho * v[t-1] + (1 - rho) * d[t]**2
    step[t] = sqrt(u[t-1] + eps) / sqrt(v[t] + eps) * d[t]
    u[t] = rho * u[t-1] + (1 - rho) * step[t]**2
    theta[t] = theta[t-1] - lr * step[t]
