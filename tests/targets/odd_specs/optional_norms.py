"""Reductions of one value under different flags, of a value that is stored too, and one that another needs."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, max_abs, norm, optimizer, t, where


@optimizer()
def optional_norms(
    theta: Param,
    g: Grad,
    m: State,
    first: Local,
    second: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
    by_norm: Flag = flag(),
    by_largest: Flag = flag(True),
) -> None:
    """Reductions of one value under different flags, of a value that is stored too, and one that another needs."""
    m[t] = beta * m[t-1] + (1 - beta) * g[t]
    first[t] = where(by_norm, 1 + norm(m[t]), 1.5)
    second[t] = where(by_largest, 1 + max_abs(m[t] / first[t]), first[t])
    theta[t] = theta[t-1] - lr * m[t] / (second[t] * where(by_norm & by_largest, 2, 1))
