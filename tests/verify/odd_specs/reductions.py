"""Norms of norms, means, largest magnitudes: three phases, and reductions that may be zero."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    flag,
    hyper,
    max_abs,
    mean,
    minimum,
    norm,
    optimizer,
    sqrt,
    t,
    total,
    where,
)


@optimizer()
def three_phases(
    theta: Param,
    g: Grad,
    gn: Local,
    hn: Local,
    u: Local,
    un: Local,
    m: State,
    lr: Hyper = hyper(1e-2, ge=0),
    beta: Hyper = hyper(0.9, ge=0, lt=1),
    clip: Hyper = hyper(1, gt=0),
) -> None:
    """Clipped by the norm, normalized by a norm of that, scaled by a norm of that."""
    gn[t] = norm(g[t])
    m[t] = beta * m[t - 1] + (1 - beta) * g[t] * minimum(1, clip / (gn[t] + 1e-6))
    hn[t] = norm(m[t])
    u[t] = m[t] / (hn[t] + 1e-8) + 0.01 * theta[t - 1]
    un[t] = norm(u[t])
    theta[t] = theta[t - 1] - lr * norm(theta[t - 1]) * u[t] / (un[t] + 1e-6)


@optimizer()
def centred(
    theta: Param,
    g: Grad,
    gc: Local,
    var: Local,
    v: State,
    lr: Hyper = hyper(1e-2, ge=0),
    beta: Hyper = hyper(0.9, ge=0, lt=1),
    centre: Flag = flag(True),
) -> None:
    """A gradient without its mean, conditions and quotients of reductions, a quotient by a norm without a guard."""
    gc[t] = g[t] - where(centre, mean(g[t]), 0)
    var[t] = mean(gc[t] ** 2)
    v[t] = beta * v[t - 1] + (1 - beta) * gc[t] ** 2
    theta[t] = (
        theta[t - 1]
        - lr * gc[t] / (sqrt(v[t] / (1 - beta**t)) + 1e-8) * where(var[t] > 0.5, 0.5 / var[t], 1) / (1 + max_abs(gc[t]))
        - lr * total(theta[t - 1]) * g[t] / norm(g[t])
    )
