"""AdaMax."""

from optgen.spec import Grad, Hyper, Local, Param, State, absolute, hyper, maximum, optimizer, state, t


@optimizer(paper="Kingma & Ba 2015, arXiv:1412.6980, Algorithm 2", class_name="Adamax", title="AdaMax")
def adamax(
    theta: Param,
    g: Grad,
    d: Local,
    m: State = state(key="exp_avg"),
    u: State = state(key="exp_inf"),
    lr: Hyper = hyper(2e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """Adam whose second moment is the largest gradient of late.

    The paper has no `eps`; torch and optax add it to each gradient's magnitude, so that the norm is never zero.
    """
    d[t] = g[t] + weight_decay * theta[t-1]
    m[t] = beta1 * m[t-1] + (1 - beta1) * d[t]
    u[t] = maximum(beta2 * u[t-1], absolute(d[t]) + eps)
    theta[t] = theta[t-1] - lr / (1 - beta1**t) * m[t] / u[t]
