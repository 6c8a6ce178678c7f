"""Every function of a number that is there once a step."""

from optgen.spec import Grad, Hyper, Local, Param, absolute, exp, hyper, log, maximum, minimum, optimizer, sign, sqrt, t


@optimizer()
def step_functions(
    theta: Param,
    g: Grad,
    x: Local,
    y: Local,
    z: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, gt=0, lt=1),
    shift: Hyper = hyper(-1.5),
) -> None:
    """Every function of a number that is there once a step."""
    x[t] = t + shift
    y[t] = exp(-x[t]) + log(t + 0.5) - sign(x[t]) * sqrt(absolute(x[t])) + x[t]**2 + t**-0.5 + 2**t / 100
    z[t] = maximum(x[t], minimum(y[t], beta)) + beta**t + minimum(t, 3) + maximum(2, 1) + (1/3) * 2**0.5
    theta[t] = theta[t-1] - lr * g[t] * y[t] / (1 + z[t]**2)
