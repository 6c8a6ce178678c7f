"""States of every rate, each under a flag, which begin elsewhere than at zero."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    absolute,
    flag,
    hyper,
    max_abs,
    mean,
    norm,
    optimizer,
    state,
    t,
    where,
)


@optimizer()
def flagged_rates(
    theta: Param,
    g: Grad,
    rate: Local,
    length: Local,
    bent: Local,
    grown: State = state(init="lr", only_if="warm"),
    size: State = state(init=0.5, only_if="sized"),
    r: State = state(init=3, only_if="lined"),
    c: State = state(init="start", only_if="lined"),
    m: State = state(only_if="heavy"),
    lr: Hyper = hyper(0.1, ge=0),
    start: Hyper = hyper(0.25, gt=0),
    warm: Flag = flag(),
    sized: Flag = flag(True),
    lined: Flag = flag(),
    heavy: Flag = flag(),
) -> None:
    """States of every rate, each under a flag, which begin elsewhere than at zero."""
    m[0] = theta[0] * start
    grown[t] = grown[t-1] * (1 + 1 / t)
    rate[t] = where(warm, grown[t], lr)
    size[t] = size[t-1] / 2 + norm(g[t])
    length[t] = where(sized, size[t], 2)
    r[t] = r[t-1] / 2 + max_abs(g[t] / length[t], over="rows")
    c[t] = c[t-1] / 2 + mean(absolute(g[t]) * rate[t], over="cols")
    bent[t] = where(lined, g[t] / (r[t] + c[t]), g[t] / (1 + length[t]))
    m[t] = m[t-1] / 2 + bent[t]
    theta[t] = theta[t-1] - rate[t] * where(heavy, m[t], bent[t])
