"""Conditions of each element, signs, powers, exponentials, further inputs, states that begin elsewhere."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Input,
    Local,
    Param,
    State,
    absolute,
    exp,
    flag,
    hyper,
    log,
    maximum,
    minimum,
    norm,
    optimizer,
    sign,
    sqrt,
    state,
    t,
    where,
)


@optimizer()
def resilient(
    theta: Param,
    g: Grad,
    prod: Local,
    prev: State,
    step: State = state(init="lr"),
    lr: Hyper = hyper(1e-2, gt=0),  # noqa: ARG001  # the first step
    down: Hyper = hyper(0.5, gt=0, lt=1),
    up: Hyper = hyper(1.2, gt=1),
    least: Hyper = hyper(1e-6, ge=0),
    most: Hyper = hyper(50, ge=0),
) -> None:
    """Steps that grow and shrink with the sign of a product."""
    prod[t] = g[t] * prev[t - 1]
    step[t] = minimum(maximum(step[t - 1] * where(prod[t] > 0, up, where(prod[t] < 0, down, 1)), least), most)
    prev[t] = where(prod[t] < 0, 0, g[t])
    theta[t] = theta[t - 1] - sign(prev[t]) * step[t]


@optimizer()
def conditions(
    theta: Param,
    g: Grad,
    d: Local,
    w: Local,
    m: State,
    lr: Hyper = hyper(1e-2, ge=0),
    beta: Hyper = hyper(0.9, ge=0, lt=1),
    delta: Hyper = hyper(1, gt=0),
    warmup: Hyper = hyper(5, ge=1),
    big: Flag = flag(),
) -> None:
    """Thresholds that elements meet exactly, and conditions of the step."""
    d[t] = where(
        (absolute(g[t]) > delta) & (theta[t - 1] <= 0),
        delta * sign(g[t]),
        where(absolute(g[t]) >= 2 * delta, g[t] / 2, g[t]),
    )
    w[t] = where(t < warmup, t / warmup, where((t > 7) & big, 0.5, 1))
    m[t] = where(m[t - 1] * d[t] > 0, beta * m[t - 1] + d[t], where(big, 2 * d[t], d[t]))
    theta[t] = theta[t - 1] - lr * w[t] * where(~big & (m[t] > 0) | (t > 4), m[t], -m[t])


@optimizer()
def curves(
    theta: Param,
    g: Grad,
    a: Local,
    s: State = state(init=1),
    u: State = state(init="start"),
    lr: Hyper = hyper(1e-2, ge=0),
    tau: Hyper = hyper(2, gt=0),
    p: Hyper = hyper(0.25, gt=0, le=3),
    start: Hyper = hyper(0.1),  # noqa: ARG001  # the first u
) -> None:
    """Exponentials, logarithms and powers."""
    a[t] = exp(-absolute(g[t]) / tau)
    s[t] = a[t] * s[t - 1] + (1 - a[t]) * log(1 + g[t] ** 2)
    u[t] = maximum(0.9 * u[t - 1], absolute(g[t]) + 1e-8)
    theta[t] = theta[t - 1] - lr / t**0.75 * (
        g[t] / (s[t] + 1e-8) ** p + u[t] ** 1.5 + log(t + 1) / 3 + theta[t - 1] ** 3
    )


@optimizer()
def extremes(theta: Param, g: Grad, a: Local, v: State, m: State, lr: Hyper = hyper(0.1, ge=0)) -> None:
    """Overflow, underflow, and a root of a difference that rounding makes negative."""
    a[t] = g[t] ** 4 * 1e-30
    v[t] = v[t - 1] / 2 + g[t] ** 2
    m[t] = m[t - 1] / 2 + g[t]
    theta[t] = (
        theta[t - 1]
        - lr * a[t] / (sqrt(a[t] * 1e-10) + 1e-30)
        - lr * exp(absolute(g[t]))
        + m[t] / sqrt(2 * v[t] - m[t] ** 2)
    )


@optimizer()
def inputs(
    theta: Param,
    g: Grad,
    h: Input,
    mask: Input,
    s: State,
    k: State,
    lr: Hyper = hyper(1e-2, ge=0),
    gamma: Hyper = hyper(0.01, gt=0),
) -> None:
    """Further tensors, and a state that is the same for all elements."""
    s[t] = 0.9 * s[t - 1] + 0.1 * h[t]
    k[t] = 0.5 * norm(h[t]) + lr
    theta[t] = theta[t - 1] - lr * k[t] * where(
        mask[t] > 0, maximum(minimum(g[t] / maximum(gamma * s[t], 1e-12), 1), -1), 0
    )
