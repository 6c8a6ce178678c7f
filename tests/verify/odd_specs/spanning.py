"""Noise, points, inputs and lines beside reductions of all tensors and of each."""

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
    gradient,
    hyper,
    max_abs,
    maximum,
    mean,
    norm,
    normal,
    optimizer,
    sqrt,
    state,
    t,
    total,
    uniform,
    where,
)


@optimizer()
def noisy_together(
    theta: Param,
    g: Grad,
    h: Input,
    u: Local,
    spread: State = state(init=1),
    size: State = state(init=0.5),
    r: State = state(init=0.25),
    m: State = state(only_if="heavy"),
    lr: Hyper = hyper(1e-2, ge=0),
    sigma: Hyper = hyper(0.1, ge=0),
    heavy: Flag = flag(True),
) -> None:
    """Noise of each element, in reductions of all tensors, of one and of its rows."""
    u[t] = g[t] + sigma * normal()
    spread[t] = spread[t - 1] / 2 + norm(u[t], over="all")
    size[t] = size[t - 1] / 2 + max_abs(u[t] + uniform())
    r[t] = r[t - 1] / 2 + mean(absolute(h[t]) * uniform(), over="rows")
    m[t] = m[t - 1] / 2 + u[t] / spread[t]
    theta[t] = theta[t - 1] - lr * where(heavy, m[t], u[t]) / (1 + size[t] + r[t])


@optimizer()
def ahead_of_all(
    theta: Param,
    y: Local,
    z: State,
    g: Grad = gradient(at="y"),
    scale: State = state(init=0.5),
    size: State = state(init=1),
    c: State = state(init=0.25),
    lr: Hyper = hyper(1e-2, ge=0),
    mu: Hyper = hyper(0.8, ge=0, lt=1),
) -> None:
    """A gradient at a point that depends on what all tensors, each and its columns have been."""
    z[0] = theta[0]
    y[t] = theta[t - 1] + mu * (theta[t - 1] - z[t - 1]) * scale[t - 1] / (size[t - 1] + c[t - 1]) / t
    scale[t] = scale[t - 1] / 2 + norm(g[t], over="all")
    size[t] = size[t - 1] / 2 + norm(g[t])
    c[t] = c[t - 1] / 2 + total(absolute(g[t]), over="cols") / 4
    z[t] = theta[t - 1]
    theta[t] = y[t] - lr * g[t] / (1 + scale[t])


@optimizer()
def levels(
    theta: Param,
    g: Grad,
    inner: Local,
    outer: Local,
    known: State = state(init="lr"),
    whole: State = state(init=0.5),
    most: State = state(init="start", only_if="bounded"),
    size: State = state(init=2),
    r: State = state(init=1, only_if="lined"),
    c: State = state(only_if="lined"),
    lr: Hyper = hyper(1e-2, ge=0),
    start: Hyper = hyper(0.25, gt=0),  # noqa: ARG001  # the first `most`
    bounded: Flag = flag(),
    lined: Flag = flag(True),
) -> None:
    """All tensors twice, one behind the other, each tensor and its lines between them."""
    known[t] = known[t - 1] / 2 + lr / t
    whole[t] = whole[t - 1] / 2 + norm(g[t], over="all")
    size[t] = size[t - 1] / 4 + norm(g[t] / whole[t]) + mean(g[t] ** 2, over="all")
    inner[t] = g[t] / (whole[t] * (1 + size[t])) + where(dims > 1, theta[t - 1] / 8, theta[t - 1] / (4 + dims))
    r[t] = r[t - 1] / 2 + max_abs(inner[t], over="rows")
    c[t] = c[t - 1] / 2 + total(inner[t] ** 2, over="cols")
    outer[t] = mean(absolute(inner[t]), over="all") + max_abs(inner[t], over="all")
    most[t] = maximum(most[t - 1] / 2, outer[t])
    theta[t] = theta[t - 1] - known[t] * where(lined, inner[t] / (r[t] + sqrt(c[t])), inner[t]) / (
        1 + where(bounded, most[t], outer[t])
    )


@optimizer()
def outputs_of_each(
    theta: Param,
    g: Grad,
    centred: Local,
    v: State = state(init=1),
    lr: Hyper = hyper(1e-2, ge=0),
) -> None:
    """Slices of the first dimension, and the tensor that is made of them."""
    centred[t] = where(dims > 1, g[t] - mean(g[t], over="outputs"), g[t])
    v[t] = v[t - 1] / 2 + norm(centred[t], over="outputs")
    theta[t] = theta[t - 1] - lr * centred[t] / v[t] / (1 + norm(g[t] / v[t]))
