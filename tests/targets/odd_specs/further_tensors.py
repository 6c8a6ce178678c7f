"""Tensors that the caller hands over beside the gradient."""

from optgen.spec import Flag, Grad, Hyper, Input, Param, State, flag, hyper, norm, optimizer, sqrt, t, where


@optimizer()
def further_tensors(
    theta: Param,
    g: Grad,
    curvature: Input,
    noise: Input,
    h: State,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
    noisy: Flag = flag(),
) -> None:
    """Tensors that the caller hands over beside the gradient."""
    h[t] = beta * h[t-1] + (1 - beta) * curvature[t]**2
    theta[t] = theta[t-1] - lr * (g[t] + where(noisy, noise[t], 0)) / (sqrt(h[t]) + 0.1 + norm(curvature[t]))
