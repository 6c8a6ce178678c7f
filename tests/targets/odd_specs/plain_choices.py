"""Choices by flags and steps between an array and a number."""

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
    mean,
    norm,
    optimizer,
    sqrt,
    t,
    total,
    where,
)


@optimizer()
def plain_choices(
    theta: Param,
    g: Grad,
    m: State,
    x: Local,
    y: Local,
    z: Local,
    lr: Hyper = hyper(0.1, ge=0),
    signed: Flag = flag(),
) -> None:
    """Choices by flags and steps between an array and a number."""
    x[t] = sqrt(where(signed, 1, g[t]**2)) + where(signed, 2, g[t])
    y[t] = norm(where(signed, 1, g[t])) + mean(where(t > 1, 1, g[t])) + total(where(signed, g[t], 0.5)) / 100
    m[t] = where(t > 1, m[t-1] / 2 + where(signed, 1, x[t]), 1)
    z[t] = where(g[t] > 0, where(signed, 1, g[t]), 2)
    theta[t] = theta[t-1] - lr * (m[t] + maximum(where(signed, 1, g[t]), 0)) * y[t] * z[t]
