"""signSGD and Signum."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, optimizer, sign, state, t, where


@optimizer(paper="Bernstein et al. 2018, arXiv:1802.04434, Algorithms 1 and 2", class_name="SignSGD", title="signSGD")
def signsgd(
    theta: Param,
    g: Grad,
    d: Local,
    m: State = state(key="momentum_buffer", only_if="with_momentum"),
    lr: Hyper = hyper(1e-4, ge=0, tex=r"\eta"),
    momentum: Hyper = hyper(0, ge=0, lt=1, tex=r"\beta"),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    with_momentum: Flag = flag(nonzero="momentum", doc="take the sign of an average of the gradients"),
) -> None:
    """Steps of one length in every coordinate; with momentum it is Signum."""
    m[t] = momentum * m[t-1] + (1 - momentum) * g[t]
    d[t] = where(with_momentum, m[t], g[t])
    theta[t] = theta[t-1] - lr * (sign(d[t]) + weight_decay * theta[t-1])
