"""Nadam."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, optimizer, sqrt, state, symbol, t, where


@optimizer(paper="Dozat 2016, Incorporating Nesterov Momentum into Adam, Algorithm 8", class_name="NAdam")
def nadam(
    theta: Param,
    g: Grad,
    d: Local,
    mhat: Local,
    mu: Local = symbol(r"\mu"),
    mu_next: Local = symbol(r"\mu^{+}"),
    mu_product: State = state(init=1, tex=r"\Pi"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(2e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    momentum_decay: Hyper = hyper(4e-3, ge=0, tex=r"\psi"),
    decoupled: Flag = flag(
        doc="decay the parameter instead of adding to the gradient", arg="decoupled_weight_decay"
    ),
    constant: Flag = flag(doc="the same momentum at every step"),
) -> None:
    """Adam with Nesterov momentum: the momentum of the next step is applied in this one.

    The momentum rises with time, as in torch; Keras has it with a `momentum_decay` of one, optax has it `constant`.
    """
    d[t] = g[t] + where(decoupled, 0, weight_decay) * theta[t-1]
    mu[t] = beta1 * (1 - where(constant, 0, 0.5) * 0.96**(t * momentum_decay))
    mu_next[t] = beta1 * (1 - where(constant, 0, 0.5) * 0.96**((t + 1) * momentum_decay))
    mu_product[t] = mu_product[t-1] * mu[t]
    m[t] = beta1 * m[t-1] + (1 - beta1) * d[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * d[t]**2
    mhat[t] = mu_next[t] / (1 - mu_product[t] * mu_next[t]) * m[t] + (1 - mu[t]) / (1 - mu_product[t]) * d[t]
    theta[t] = theta[t-1] - lr * (
        mhat[t] / (sqrt(v[t] / (1 - beta2**t)) + eps) + where(decoupled, weight_decay, 0) * theta[t-1]
    )
