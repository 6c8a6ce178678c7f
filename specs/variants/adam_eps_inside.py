"""Adam with eps inside the root."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sqrt, state, t


@optimizer(title="Adam, eps inside")
def adam_eps_inside(
    theta: Param,
    g: Grad,
    mhat: Local,
    vhat: Local,
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\alpha"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, gt=0),
) -> None:
    """Adam that adds eps to the second moment instead of to its root.

    Differs from Adam where gradients are small: the divisor is never below the root of eps.
    """
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    mhat[t] = m[t] / (1 - beta1**t)
    vhat[t] = v[t] / (1 - beta2**t)
    theta[t] = theta[t-1] - lr / sqrt(vhat[t] + eps) * mhat[t]
