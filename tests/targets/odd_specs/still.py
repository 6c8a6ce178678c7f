"""The parameter does not move."""

from optgen.spec import Grad, Hyper, Param, State, hyper, optimizer, t


@optimizer()
def still(
    theta: Param,
    g: Grad,
    m: State,
    beta: Hyper = hyper(0.8, ge=0, lt=1),
) -> None:
    """The parameter does not move."""
    m[t] = beta * m[t-1] + g[t]
    theta[t] = theta[t-1]
