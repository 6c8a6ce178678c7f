"""A norm of what another norm has scaled: three passes over memory."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, norm, optimizer, t


@optimizer()
def three_phases(
    theta: Param,
    g: Grad,
    m: State,
    u: Local,
    r: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
) -> None:
    """A norm of what another norm has scaled: three passes over memory."""
    m[t] = beta * m[t-1] + (1 - beta) * g[t]
    u[t] = m[t] / (0.5 + norm(m[t]))
    r[t] = u[t] + theta[t-1] / 8
    theta[t] = theta[t-1] - lr * r[t] * norm(theta[t-1]) / (1 + norm(r[t]))
