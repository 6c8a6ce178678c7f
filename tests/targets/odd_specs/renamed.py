"""The parameter and the gradient have other names."""

from optgen.spec import Grad, Hyper, Param, State, hyper, norm, optimizer, t


@optimizer()
def renamed(w: Param, grad: Grad, theta_old: State, lr: Hyper = hyper(0.1, ge=0)) -> None:
    """The parameter is w and the gradient grad."""
    theta_old[t] = (theta_old[t-1] + w[t-1]) / 2
    w[t] = w[t-1] - lr * (grad[t] + 0.1 * theta_old[t] / (1 + norm(grad[t])))
