"""Nesterov's accelerated gradient."""

from optgen.spec import Grad, Hyper, Local, Param, State, gradient, hyper, optimizer, state, symbol, t


@optimizer(paper="Nesterov 1983, Soviet Mathematics Doklady 27:372-376; Sutskever et al. 2013, Equations 3 and 4")
def nesterov(
    theta: Param,
    ahead: Local = symbol(r"\tilde{\theta}"),
    g: Grad = gradient(at="ahead"),
    v: State = state(key="momentum_buffer"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    momentum: Hyper = hyper(0.9, ge=0, tex=r"\mu"),
) -> None:
    """Momentum that takes the gradient where its velocity is about to lead.

    `momentum` with its flag `nesterov` is the same under a change of variables: its parameter is the point ahead.
    """
    ahead[t] = theta[t-1] + momentum * v[t-1]
    v[t] = momentum * v[t-1] - lr * g[t]
    theta[t] = theta[t-1] + v[t]
