"""Adam."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, maximum, optimizer, sqrt, state, t, where


@optimizer(
    paper="Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1; amsgrad: Reddi, Kale & Kumar 2018, arXiv:1904.09237",
    class_name="Adam",
)
def adam(
    theta: Param,
    g: Grad,
    d: Local,
    mhat: Local,
    vhat: Local,
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    vmax: State = state(key="max_exp_avg_sq", tex=r"v^{\max}", only_if="amsgrad"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    amsgrad: Flag = flag(doc="divide by the largest second moment so far"),
) -> None:
    """Steps of bounded size from running means of the gradient and of its square."""
    d[t] = g[t] + weight_decay * theta[t-1]
    m[t] = beta1 * m[t-1] + (1 - beta1) * d[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * d[t]**2
    vmax[t] = maximum(vmax[t-1], v[t])
    mhat[t] = m[t] / (1 - beta1**t)
    vhat[t] = where(amsgrad, vmax[t], v[t]) / (1 - beta2**t)
    theta[t] = theta[t-1] - lr * mhat[t] / (sqrt(vhat[t]) + eps)
