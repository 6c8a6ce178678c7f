"""No state and no hyper-parameter."""

from optgen.spec import Grad, Param, optimizer, t


@optimizer()
def bare(
    theta: Param,
    g: Grad,
) -> None:
    """No state and no hyper-parameter."""
    theta[t] = theta[t-1] - g[t] / 10
