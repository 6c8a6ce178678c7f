"""Rows of a length of their own, of which no state is kept."""

from optgen.spec import Grad, Hyper, Local, Param, hyper, mean, optimizer, sqrt, t


@optimizer()
def line_by_line(
    theta: Param,
    g: Grad,
    length: Local,
    lr: Hyper = hyper(0.1, ge=0),
) -> None:
    """Rows of a length of their own, of which no state is kept."""
    length[t] = sqrt(mean(g[t]**2, over="rows"))
    theta[t] = theta[t-1] - lr * g[t] / (1 + length[t])
