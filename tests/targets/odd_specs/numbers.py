"""Constants and whole numbers of every size."""

from optgen.spec import Grad, Hyper, Local, Param, hyper, maximum, optimizer, t


@optimizer()
def numbers(
    theta: Param,
    g: Grad,
    two: Local,
    many: Local,
    whole: Local,
    step: Local,
    lr: Hyper = hyper(0.1, ge=0),
    lots: Hyper = hyper(float("inf"), ge=1.5),
) -> None:
    """Constants and whole numbers of every size."""
    two[t] = 2
    many[t] = 10**20
    whole[t] = 2 * t**2 - t * two[t] + 1
    step[t] = (1/3) * lr * g[t] / whole[t] - many[t] * 1e-20 * two[t] / t + g[t] / lots + -2 * 7 * g[t]
    theta[t] = maximum(theta[t-1], 1e-60 - 1e300) * 0.1 - step[t] / (g[t]**2 + 1e-50 + 0.5)
