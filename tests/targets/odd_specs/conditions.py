"""Conditions of every rate, joined and negated."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    absolute,
    equal,
    flag,
    hyper,
    max_abs,
    norm,
    optimizer,
    t,
    where,
)


@optimizer()
def conditions(
    theta: Param,
    g: Grad,
    m: State,
    a: Local,
    b: Local,
    c: Local,
    d: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
    cut: Hyper = hyper(0.3),
    fast: Flag = flag(),
    safe: Flag = flag(True),
) -> None:
    """Conditions of every rate, joined and negated."""
    a[t] = where((beta > cut) | ~(t > 2), 1 - beta, 1)
    m[t] = beta * m[t-1] + a[t] * g[t]
    b[t] = where(~(norm(g[t]) > 1) & (t > 1), m[t], where(max_abs(g[t]) >= cut, 2 * m[t], g[t]))
    c[t] = where((g[t] > cut) | (fast & (m[t] < 0)), b[t], where(~safe | (absolute(g[t]) <= cut / 2), -b[t], 3))
    d[t] = where(fast, where(equal(t, 2), 5, c[t]), where((t > 1) & (g[t] > 0) & (norm(g[t]) > 0.5), c[t], 4))
    theta[t] = theta[t-1] - lr * d[t]
