"""Values that only change their name: what is returned shares no memory with what was given."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, optimizer, t, where


@optimizer()
def copies(
    theta: Param,
    g: Grad,
    last: State,
    before: State,
    behind: State,
    chosen: State,
    u: Local,
    lr: Hyper = hyper(0.1, ge=0),
    keep_last: Flag = flag(),
) -> None:
    """Values that only change their name: what is returned shares no memory with what was given."""
    u[t] = g[t]
    chosen[t] = where(keep_last, last[t-1], u[t])
    last[t] = u[t]
    before[t] = before[t-1] / 2 + theta[t-1]
    theta[t] = theta[t-1] - lr * (g[t] + chosen[t] + 0.1 * behind[t-1] - 0.1 * chosen[t-1])
    behind[t] = theta[t]
