"""A state that may not exist, behind conditions that a flag is but a part of."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    flag,
    hyper,
    maximum,
    norm,
    optimizer,
    sqrt,
    state,
    t,
    where,
)


@optimizer()
def flag_arms(
    theta: Param,
    g: Grad,
    v: State,
    half: Local,
    a: Local,
    b: Local,
    vmax: State = state(only_if="amsgrad"),
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
    amsgrad: Flag = flag(),
    other: Flag = flag(),
) -> None:
    """A state that may not exist, behind conditions that a flag is but a part of."""
    v[t] = beta * v[t-1] + (1 - beta) * g[t]**2
    vmax[t] = maximum(vmax[t-1], v[t])
    half[t] = vmax[t] / 2 + norm(vmax[t])
    a[t] = where(amsgrad & (t > 1), half[t], v[t])
    b[t] = where(amsgrad & (other | (g[t] > 0)), vmax[t], 2 * v[t])
    theta[t] = theta[t-1] - lr * g[t] / (sqrt(a[t]) + sqrt(b[t]) + 0.1)
