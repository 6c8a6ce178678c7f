"""The same part in equations under a flag and in others."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, norm, optimizer, state, t, where


@optimizer()
def shared_parts(
    theta: Param,
    g: Grad,
    size: Local,
    b: State = state(only_if="heavy"),
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
    heavy: Flag = flag(),
) -> None:
    """The same part in equations under a flag and in others."""
    size[t] = norm(g[t])
    b[t] = beta * b[t-1] + g[t] * (lr * size[t]) / (1 + t)
    theta[t] = theta[t-1] - g[t] * (lr * size[t]) / (1 + t) - where(heavy, b[t], 0)
