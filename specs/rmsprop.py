"""RMSprop."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    flag,
    hyper,
    maximum,
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    where,
)


@optimizer(
    paper="Hinton 2012, Neural Networks for Machine Learning, lecture 6e; centered: Graves 2013, arXiv:1308.0850",
    class_name="RMSprop",
)
def rmsprop(
    theta: Param,
    g: Grad,
    d: Local,
    step: Local = symbol("u"),
    spread: Local = symbol("s"),
    v: State = state(init="initial_scale", key="square_avg"),
    gbar: State = state(key="grad_avg", only_if="centered"),
    b: State = state(key="momentum_buffer", only_if="with_momentum"),
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\eta"),
    alpha: Hyper = hyper(0.99, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    momentum: Hyper = hyper(0, ge=0, tex=r"\mu"),
    initial_scale: Hyper = hyper(0, ge=0, tex="v_0"),
    centered: Flag = flag(doc="divide by the standard deviation instead of the root mean square"),
    with_momentum: Flag = flag(nonzero="momentum", doc="accumulate the scaled gradient in a momentum buffer"),
    eps_inside: Flag = flag(doc="add eps under the root"),
    inner_lr: Flag = flag(doc="multiply what goes into the momentum buffer by the learning rate"),
) -> None:
    """Divide the gradient by a running root mean square of its recent values.

    Torch adds eps behind the root. Optax, Keras and TensorFlow take `eps_inside` and `inner_lr`; TensorFlow starts with
    an `initial_scale` of one.
    """
    d[t] = g[t] + weight_decay * theta[t-1]
    v[t] = alpha * v[t-1] + (1 - alpha) * d[t]**2
    gbar[t] = alpha * gbar[t-1] + (1 - alpha) * d[t]
    # A variance is not negative, but its rounded value can be.
    spread[t] = where(centered, maximum(v[t] - gbar[t]**2, 0), v[t])
    step[t] = where(inner_lr, lr, 1) * d[t] / where(eps_inside, sqrt(spread[t] + eps), sqrt(spread[t]) + eps)
    b[t] = momentum * b[t-1] + step[t]
    theta[t] = theta[t-1] - where(inner_lr, 1, lr) * where(with_momentum, b[t], step[t])
