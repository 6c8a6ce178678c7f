"""A state is overwritten in the first phase, and its old value is needed in the second."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, norm, optimizer, t


@optimizer()
def old_state_late(
    theta: Param,
    g: Grad,
    b: State,
    size: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
) -> None:
    """A state is overwritten in the first phase, and its old value is needed in the second."""
    b[t] = beta * b[t-1] + g[t]
    size[t] = norm(b[t])
    theta[t] = theta[t-1] - lr * (b[t] + beta * b[t-1]) / (1 + size[t])
