"""A gradient at a point that depends on what all tensors have been."""

from optgen.spec import Grad, Hyper, Local, Param, State, gradient, hyper, norm, optimizer, state, t, total


@optimizer()
def ahead_together(
    theta: Param,
    y: Local,
    z: State,
    g: Grad = gradient(at="y"),
    scale: State = state(init=0.5),
    size: State = state(init=1),
    r: State = state(init=0.25),
    lr: Hyper = hyper(0.1, ge=0),
    mu: Hyper = hyper(0.8, ge=0, lt=1),
) -> None:
    """A gradient at a point that depends on what all tensors have been."""
    z[0] = theta[0]
    y[t] = theta[t-1] + mu * (theta[t-1] - z[t-1]) * scale[t-1] / (size[t-1] + r[t-1]) / t
    scale[t] = scale[t-1] / 2 + norm(g[t], over="all")
    size[t] = size[t-1] / 2 + norm(y[t] - theta[t-1])
    r[t] = r[t-1] / 2 + total(y[t]**2, over="rows") / 4
    z[t] = theta[t-1]
    theta[t] = y[t] - lr * g[t] / (1 + scale[t])
