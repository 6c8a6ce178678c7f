"""Yogi."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, optimizer, sign, sqrt, state, t, where


@optimizer(paper="Zaheer et al. 2018, Adaptive Methods for Nonconvex Optimization, NeurIPS, Algorithm 2")
def yogi(
    theta: Param,
    g: Grad,
    mhat: Local,
    vhat: Local,
    m: State = state(init="initial_moment", key="exp_avg"),
    v: State = state(init="initial_accumulator", key="exp_avg_sq"),
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-3, ge=0),
    initial_moment: Hyper = hyper(0, tex="m_0"),
    initial_accumulator: Hyper = hyper(1e-6, ge=0, tex="v_0"),
    corrected: Flag = flag(True, doc="divide both moments by what they miss of a whole average"),
) -> None:
    """Adam whose second moment moves by a share of the gradient, whatever it is itself: it forgets slowly.

    The paper does not correct for bias; its authors' code and optax do, and optax starts both moments at 1e-6.
    """
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = v[t-1] - (1 - beta2) * sign(v[t-1] - g[t]**2) * g[t]**2
    mhat[t] = m[t] / where(corrected, 1 - beta1**t, 1)
    vhat[t] = v[t] / where(corrected, 1 - beta2**t, 1)
    theta[t] = theta[t-1] - lr * mhat[t] / (sqrt(vhat[t]) + eps)
