"""Choices by flags within each other, of numbers, of lines and of what is there under a flag only, in lists."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, mean, norm, optimizer, state, t, where


@optimizer()
def flags_of_lists(
    theta: Param,
    g: Grad,
    plain: Local,
    lined: Local,
    single: Local,
    both: Local,
    length: Local,
    kept: State,
    old: State,
    m: State = state(only_if="heavy"),
    r: State = state(only_if="by_rows"),
    size: State = state(init=1, only_if="sized"),
    lr: Hyper = hyper(0.1, ge=0),
    heavy: Flag = flag(),
    by_rows: Flag = flag(True),
    sized: Flag = flag(),
) -> None:
    """Choices by flags within each other, of numbers, of lines and of what is there under a flag only, in lists."""
    size[t] = size[t-1] / 2 + norm(g[t])
    r[t] = r[t-1] / 2 + mean(g[t]**2, over="rows")
    m[t] = m[t-1] / 2 + g[t]
    plain[t] = where(heavy, where(sized, 2, lr), 1 + g[t])
    lined[t] = where(sized, where(by_rows, r[t], 3), g[t] / 2)
    single[t] = 1 + where(heavy, 0.5, where(sized, size[t], norm(g[t])))
    both[t] = where(by_rows, where(heavy, m[t] / (1 + r[t]), g[t] / (1 + r[t])), where(heavy, m[t], g[t]))
    kept[t] = where(heavy, both[t], where(by_rows, g[t], kept[t-1]))
    old[t] = where(sized, theta[t-1], kept[t])
    length[t] = 1 + norm(where(heavy, lr, g[t]) + plain[t], over="all")
    theta[t] = theta[t-1] - lr * (both[t] + plain[t] * lined[t] / single[t]) / (
        where(sized, length[t] + size[t], length[t])
    ) + old[t-1] / 16
