"""Reductions of all tensors, of what such have scaled, of each tensor and each of its lines; all states."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Input,
    Local,
    Param,
    State,
    absolute,
    dims,
    flag,
    hyper,
    max_abs,
    mean,
    minimum,
    norm,
    optimizer,
    state,
    t,
    total,
    where,
)


@optimizer()
def two_levels(
    theta: Param,
    g: Grad,
    h: Input,
    u: Local,
    inner: Local,
    outer: Local,
    share: Local,
    known: State = state(init="lr"),
    whole: State = state(init=0.5),
    most: State = state(init="start", only_if="bounded"),
    size: State = state(init=2),
    r: State = state(init=1, only_if="lined"),
    c: State = state(only_if="lined"),
    m: State = state(only_if="heavy"),
    lr: Hyper = hyper(0.1, ge=0),
    start: Hyper = hyper(0.25, gt=0),
    bounded: Flag = flag(),
    lined: Flag = flag(True),
    heavy: Flag = flag(),
) -> None:
    """Reductions of all tensors, of what such have scaled, of each tensor and each of its lines; all states."""
    m[0] = start * theta[0]
    known[t] = known[t-1] / 2 + lr / t
    whole[t] = whole[t-1] / 2 + norm(g[t], over="all")
    u[t] = g[t] / whole[t] + where(dims > 1, h[t] / 8, theta[t-1] / (4 + dims))
    size[t] = size[t-1] / 4 + norm(u[t]) + mean(h[t], over="all")
    inner[t] = where(lined, u[t] * size[t-1], u[t] / (1 + size[t]))
    r[t] = r[t-1] / 2 + max_abs(inner[t], over="rows")
    c[t] = c[t-1] / 2 + mean(absolute(inner[t]), over="cols")
    outer[t] = total(absolute(inner[t]) * known[t], over="all") + max_abs(u[t] / (1 + size[t]), over="all")
    most[t] = most[t-1] + minimum(outer[t], 3)
    share[t] = where(outer[t] > 2, 1 / outer[t], 0.5) * where(bounded, most[t], 1)
    m[t] = m[t-1] / 2 + share[t] * where(lined, inner[t] / (1 + r[t] + c[t]), inner[t])
    theta[t] = theta[t-1] - known[t] * where(heavy, m[t], share[t] * inner[t]) / (1 + size[t])
