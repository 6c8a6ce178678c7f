"""AMSGrad."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, maximum, optimizer, sqrt, state, t, where


@optimizer(paper="Reddi, Kale & Kumar 2018, arXiv:1904.09237, Algorithm 2", class_name="AMSGrad")
def amsgrad(
    theta: Param,
    g: Grad,
    mhat: Local,
    vhat: Local,
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    vmax: State = state(key="max_exp_avg_sq", tex=r"v^{\max}"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    corrected: Flag = flag(doc="divide both moments by what they miss of a whole average"),
    largest_corrected: Flag = flag(doc="the largest of the corrected moments, as optax has it"),
) -> None:
    """Adam that divides by the largest second moment so far, so that steps never grow.

    As published there is no bias correction and no `eps`.
    """
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    vmax[t] = maximum(vmax[t-1], where(largest_corrected, v[t] / (1 - beta2**t), v[t]))
    mhat[t] = m[t] / where(corrected, 1 - beta1**t, 1)
    vhat[t] = vmax[t] / where(corrected & ~largest_corrected, 1 - beta2**t, 1)
    theta[t] = theta[t-1] - lr * mhat[t] / (sqrt(vhat[t]) + eps)
