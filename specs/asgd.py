"""ASGD."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, maximum, optimizer, state, t


@optimizer(paper="Polyak & Juditsky 1992, doi:10.1137/0330046", class_name="ASGD", title="ASGD")
def asgd(
    theta: Param,
    g: Grad,
    d: Local,
    eta: State = state(init="lr"),
    mu: State = state(init=1),
    average: State = state(key="ax", tex=r"\bar{\theta}"),
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\eta_{\max}"),
    lambd: Hyper = hyper(1e-4, ge=0, tex=r"\lambda"),
    alpha: Hyper = hyper(0.75, ge=0),
    t0: Hyper = hyper(1e6, ge=0, tex="t_0"),
    weight_decay: Hyper = hyper(0, ge=0, tex="w"),
) -> None:
    """Gradient descent with decaying rate, beside which the average of the parameter is kept."""
    d[t] = g[t] + weight_decay * theta[t-1]
    theta[t] = (1 - lambd * eta[t-1]) * theta[t-1] - eta[t-1] * d[t]
    average[t] = average[t-1] + mu[t-1] * (theta[t] - average[t-1])
    eta[t] = lr / (1 + lambd * lr * t)**alpha
    mu[t] = 1 / maximum(1, t - t0)
