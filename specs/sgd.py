"""Stochastic gradient descent."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, optimizer, state, t, where


@optimizer(paper="Robbins & Monro 1951, doi:10.1214/aoms/1177729586", class_name="SGD")
def sgd(
    theta: Param,
    g: Grad,
    d: Local,
    b: State = state(key="momentum_buffer", only_if="with_momentum"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    momentum: Hyper = hyper(0, ge=0, tex=r"\mu"),
    dampening: Hyper = hyper(0, ge=0, le=1, tex=r"\tau"),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    nesterov: Flag = flag(doc="step along the buffer as it will be one step later; needs momentum"),
    with_momentum: Flag = flag(nonzero="momentum", doc="step along a buffer of gradients"),
) -> None:
    """Step against the gradient, or with momentum against a buffer of it; weight decay is an L2 term of the loss."""
    d[t] = g[t] + weight_decay * theta[t-1]
    b[t] = momentum * b[t-1] + where(t > 1, 1 - dampening, 1) * d[t]
    theta[t] = theta[t-1] - lr * where(with_momentum, where(nesterov, d[t] + momentum * b[t], b[t]), d[t])
