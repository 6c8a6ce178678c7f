"""Recomputing the direction would load three states again: scratch moves fewer bytes."""

from optgen.spec import Grad, Hyper, Local, Param, State, absolute, hyper, maximum, norm, optimizer, sqrt, t


@optimizer()
def kept_in_scratch(
    theta: Param,
    g: Grad,
    a: State,
    b: State,
    c: State,
    u: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
) -> None:
    """Recomputing the direction would load three states again: scratch moves fewer bytes."""
    a[t] = beta * a[t-1] + g[t]
    b[t] = beta * b[t-1] + g[t]**2
    c[t] = maximum(c[t-1], absolute(g[t]))
    u[t] = a[t] / (sqrt(b[t]) + c[t] + 0.1)
    theta[t] = theta[t-1] - lr * u[t] / (0.1 + norm(u[t]))
