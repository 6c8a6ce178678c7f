"""Nesterov momentum in two steps."""

from optgen.spec import Grad, Hyper, Local, Param, State, gradient, hyper, optimizer, state, symbol, t


@optimizer(title="Nesterov in two steps")
def nesterov_averaged(
    theta: Param,
    interim: Local = symbol(r"\hat{\theta}"),
    g: Grad = gradient(at="interim"),
    v: State = state(key="exp_avg"),
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\alpha"),
    beta: Hyper = hyper(0.9, ge=0, lt=1),
) -> None:
    """An interim step along the velocity alone, and another along the gradient that is found there.

    Differs from Nesterov: the velocity is an average of gradients, so that the learning rate stands before all of it.
    """
    interim[t] = theta[t-1] - lr * beta * v[t-1]
    v[t] = beta * v[t-1] + (1 - beta) * g[t]
    theta[t] = interim[t] - lr * (1 - beta) * g[t]
