"""Slices of the first dimension, which states keep, beside the tensor and its number of dimensions."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Input,
    Local,
    Param,
    State,
    dims,
    flag,
    hyper,
    max_abs,
    mean,
    norm,
    optimizer,
    state,
    t,
    total,
    where,
)


@optimizer()
def each_output(
    theta: Param,
    g: Grad,
    h: Input,
    centered: Local,
    length: Local,
    v: State = state(init="start"),
    top: State = state(only_if="bounded"),
    lr: Hyper = hyper(0.1, ge=0),
    start: Hyper = hyper(0.5, ge=0),  # noqa: ARG001  # the first v
    bounded: Flag = flag(),
) -> None:
    """Slices of the first dimension, which states keep, beside the tensor and its number of dimensions."""
    centered[t] = where(dims > 1, g[t] - mean(g[t], over="outputs"), g[t] / (1 + dims))
    v[t] = v[t-1] / 2 + norm(centered[t], over="outputs") + where(dims >= 3, 1, total(h[t], over="outputs") / 8)
    top[t] = max_abs(v[t] * h[t], over="outputs") + top[t-1] / 4
    length[t] = 1 + where((dims > 0) & (norm(g[t]) > 3), norm(g[t] * v[t]), dims / 2)
    theta[t] = theta[t-1] - lr * centered[t] / where(bounded, 1 + top[t], 1 + v[t]**2) / length[t]
