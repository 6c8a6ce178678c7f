"""Gradient descent with momentum."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, optimizer, state, t, where


@optimizer(paper="Polyak 1964, doi:10.1016/0041-5553(64)90137-5; Sutskever et al. 2013", class_name="Momentum")
def momentum(
    theta: Param,
    g: Grad,
    d: Local,
    b: State = state(key="momentum_buffer"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    momentum: Hyper = hyper(0.9, ge=0, tex=r"\mu"),
    dampening: Hyper = hyper(0, ge=0, le=1, tex=r"\tau"),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    nesterov: Flag = flag(doc="step along the buffer as it will be one step later"),
    damp_first: Flag = flag(doc="dampen the first gradient too, which torch does not"),
) -> None:
    """Heavy ball: a buffer that forgets old gradients gives the direction.

    With `dampening` equal to `momentum` and `damp_first` the buffer is the exponential moving average of the
    gradient.
    """
    d[t] = g[t] + weight_decay * theta[t-1]
    b[t] = momentum * b[t-1] + where(damp_first | (t > 1), 1 - dampening, 1) * d[t]
    theta[t] = theta[t-1] - lr * where(nesterov, d[t] + momentum * b[t], b[t])
