"""LaProp."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sqrt, state, t


@optimizer(paper="Ziyin, Wang & Ueda 2020, arXiv:2002.04839, Algorithm 1", class_name="LaProp")
def laprop(
    theta: Param,
    g: Grad,
    vhat: Local,
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(4e-4, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-15, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """Adam that scales gradients first and averages them then, which unties momentum from adaptivity.

    The learning rate multiplies the average and the decay. The authors' code has it inside the average, which differs
    where it changes, and not in the decay.
    """
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    vhat[t] = v[t] / (1 - beta2**t)
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t] / (sqrt(vhat[t]) + eps)
    theta[t] = theta[t-1] - lr * (m[t] / (1 - beta1**t) + weight_decay * theta[t-1])
