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
    step: Local = symbol("u"),
    spread: Local = symbol("s"),
    v: State = state(init="initial_scale", key="square_avg"),
    gbar: State = state(key="grad_avg", only_if="centered"),
    b: State = state(key="momentum_buffer", only_if="buffered"),
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\eta"),
    alpha: Hyper = hyper(0.99, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    momentum: Hyper = hyper(0, ge=0, tex=r"\mu"),
    initial_scale: Hyper = hyper(0, ge=0, tex="v_0"),
    centered: Flag = flag(doc="divide by the standard deviation instead of the root mean square"),
    buffered: Flag = flag(nonzero="momentum", doc="accumulate the scaled gradient in a momentum buffer"),
    eps_inside: Flag = flag(doc="add eps under the root"),
    inner_lr: Flag = flag(doc="multiply what goes into the momentum buffer by the learning rate"),
    nesterov: Flag = flag(doc="step where the momentum will be, if there is momentum"),
    bias_correction: Flag = flag(doc="divide the mean by its weight so far, unless it is centered"),
) -> None:
    """Divide the gradient by a running root mean square of its recent values.

    Torch adds eps behind the root. Optax, Keras and TensorFlow take `eps_inside` and `inner_lr`; TensorFlow starts with
    an `initial_scale` of one. Optax has `nesterov` and `bias_correction`; it corrects a centered mean too, which leaves
    the first gradient no variance to be divided by.
    """
    v[t] = alpha * v[t-1] + (1 - alpha) * (g[t] + weight_decay * theta[t-1])**2
    gbar[t] = alpha * gbar[t-1] + (1 - alpha) * (g[t] + weight_decay * theta[t-1])
    # A variance is not negative, but its rounded value can be.
    spread[t] = where(
        centered, maximum(v[t] - gbar[t]**2, 0), where(bias_correction, v[t] / (1 - alpha**t), v[t])
    )
    step[t] = where(inner_lr, lr, 1) * (g[t] + weight_decay * theta[t-1]) / where(
        eps_inside, sqrt(spread[t] + eps), sqrt(spread[t]) + eps
    )
    b[t] = momentum * b[t-1] + step[t]
    theta[t] = theta[t-1] - where(inner_lr, 1, lr) * where(
        ~buffered, step[t], where(nesterov, momentum * b[t] + step[t], b[t])
    )
