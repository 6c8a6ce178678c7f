"""Every function of an element."""

from optgen.spec import Grad, Hyper, Local, Param, absolute, exp, hyper, log, maximum, minimum, optimizer, sign, sqrt, t


@optimizer()
def element_functions(
    theta: Param,
    g: Grad,
    a: Local,
    b: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, gt=0, lt=1),
) -> None:
    """Every function of an element."""
    a[t] = exp(-absolute(g[t])) + log(1 + g[t]**2) - sign(g[t]) * sqrt(absolute(g[t]))
    b[t] = maximum(a[t], minimum(g[t], theta[t-1])) + abs(theta[t-1]) + maximum(0.5, g[t]) - minimum(lr, a[t])
    theta[t] = theta[t-1] - lr * (a[t] * b[t] + beta**absolute(g[t]))
