"""The parameter itself becomes one number, made by the host."""

from optgen.spec import Grad, Hyper, Param, State, hyper, optimizer, t


@optimizer()
def fixed_parameter(
    theta: Param,
    g: Grad,
    m: State,
    lr: Hyper = hyper(0.1, ge=0),
) -> None:
    """The parameter itself becomes one number, made by the host."""
    m[t] = m[t-1] + g[t]
    theta[t] = lr * t
