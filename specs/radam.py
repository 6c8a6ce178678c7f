"""RAdam."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, optimizer, sqrt, state, symbol, t, where


@optimizer(paper="Liu et al. 2020, arXiv:1908.03265, Algorithm 2", class_name="RAdam")
def radam(
    theta: Param,
    g: Grad,
    d: Local,
    rho: Local,
    r: Local,
    scale: Local = symbol("l"),
    rho_inf: Local = symbol(r"\rho_{\infty}"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    threshold: Hyper = hyper(5, ge=4, tex=r"\rho_{\min}"),
    decoupled: Flag = flag(
        doc="decay the parameter instead of adding to the gradient", arg="decoupled_weight_decay"
    ),
    late_eps: Flag = flag(doc="add eps behind the correction for bias, as in Adam"),
) -> None:
    """Adam whose adaptive rate waits until its variance is tractable, and is rectified from then on.

    The paper rectifies above a threshold of 4; its authors' code, torch and optax above 5. Of these, optax takes
    `late_eps`, and the authors' code `decoupled`.
    """
    d[t] = g[t] + where(decoupled, 0, weight_decay) * theta[t-1]
    m[t] = beta1 * m[t-1] + (1 - beta1) * d[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * d[t]**2
    rho_inf[t] = 2 / (1 - beta2) - 1
    rho[t] = rho_inf[t] - 2 * t * beta2**t / (1 - beta2**t)
    # Behind the threshold every factor under the root is positive.
    r[t] = where(
        rho[t] > threshold,
        sqrt(((rho[t] - 4) * (rho[t] - 2) * rho_inf[t]) / ((rho_inf[t] - 4) * (rho_inf[t] - 2) * rho[t])),
        0,
    )
    scale[t] = where(
        late_eps, 1 / (sqrt(v[t] / (1 - beta2**t)) + eps), sqrt(1 - beta2**t) / (sqrt(v[t]) + eps)
    )
    theta[t] = theta[t-1] - lr * (
        m[t] / (1 - beta1**t) * where(rho[t] > threshold, r[t] * scale[t], 1)
        + where(decoupled, weight_decay, 0) * theta[t-1]
    )
