"""Every reduction, one inside the other, and the number of elements."""

from optgen.spec import Grad, Hyper, Local, Param, absolute, hyper, max_abs, mean, optimizer, sqrt, t, total


@optimizer()
def averages(
    theta: Param,
    g: Grad,
    centre: Local,
    spread: Local,
    lr: Hyper = hyper(0.1, ge=0),
) -> None:
    """Every reduction, one inside the other, and the number of elements."""
    centre[t] = mean(g[t])
    spread[t] = sqrt(mean((g[t] - centre[t])**2)) + 0.5 * max_abs(g[t] - mean(theta[t-1])) + absolute(total(g[t])) / 50
    theta[t] = theta[t-1] - lr * (g[t] - centre[t]) / (spread[t] + 0.25)
