"""The old parameter is used behind the equation of the new one."""

from optgen.spec import Grad, Hyper, Param, State, hyper, norm, optimizer, t


@optimizer()
def late_theta(
    theta: Param,
    g: Grad,
    moved: State,
    far: State,
    lr: Hyper = hyper(0.1, ge=0),
) -> None:
    """The old parameter is used behind the equation of the new one."""
    theta[t] = theta[t-1] - lr * (g[t] + 0.1 * moved[t-1])
    moved[t] = theta[t] - theta[t-1]
    far[t] = far[t-1] / 2 + norm(theta[t]) * moved[t]
