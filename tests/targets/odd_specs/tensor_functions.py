"""Every function of a number that is there once a tensor."""

from optgen.spec import (
    Grad,
    Hyper,
    Local,
    Param,
    absolute,
    exp,
    hyper,
    log,
    maximum,
    minimum,
    norm,
    optimizer,
    sign,
    sqrt,
    t,
    total,
)


@optimizer()
def tensor_functions(
    theta: Param,
    g: Grad,
    x: Local,
    y: Local,
    z: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, gt=0, lt=1),
) -> None:
    """Every function of a number that is there once a tensor."""
    x[t] = norm(g[t]) + 0.1
    y[t] = exp(-x[t]) + log(x[t]) - sign(total(g[t])) * sqrt(x[t]) + x[t]**2 - x[t]**1.5 + x[t]**-3
    z[t] = maximum(x[t], minimum(y[t], beta)) + absolute(y[t]) + beta**x[t] + minimum(t, x[t]) + (-x[t])**3
    theta[t] = theta[t-1] - lr * g[t] * y[t] / (1 + z[t]**2)
