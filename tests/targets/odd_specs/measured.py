"""A state that is one number for each tensor, and nothing else needs."""

from optgen.spec import Grad, Hyper, Param, State, hyper, norm, optimizer, t


@optimizer()
def measured(theta: Param, g: Grad, size: State, lr: Hyper = hyper(0.1, ge=0)) -> None:
    """A state that is one number for each tensor, and nothing else needs."""
    size[t] = norm(g[t]) + size[t-1] / 2
    theta[t] = theta[t-1] - lr * g[t]
