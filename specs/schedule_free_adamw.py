"""Schedule-free AdamW."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    flag,
    gradient,
    hyper,
    minimum,
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    where,
)


@optimizer(paper="Defazio et al. 2024, arXiv:2405.15682, Algorithm 1", class_name="ScheduleFreeAdamW")
def schedule_free_adamw(
    theta: Param,
    y: Local,
    rate: Local = symbol(r"\gamma"),
    share: Local = symbol("c"),
    g: Grad = gradient(at="y"),
    z: State = state(key="z"),
    v: State = state(key="exp_avg_sq"),
    total_weight: State = state(key="weight_sum", tex="W"),
    lr: Hyper = hyper(2.5e-3, gt=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    warmup_steps: Hyper = hyper(1, ge=1, tex="T_w"),
    corrected: Flag = flag(doc="correct the second moment for bias, instead of the rate"),
) -> None:
    """Adam's scaling without its momentum: that comes from taking the gradient between a sequence and its average.

    The authors' later code and optax take `corrected`.
    """
    z[0] = theta[0]
    y[t] = (1 - beta1) * z[t-1] + beta1 * theta[t-1]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    rate[t] = lr * where(corrected, 1, sqrt(1 - beta2**t)) * minimum(t / warmup_steps, 1)
    z[t] = z[t-1] - rate[t] * (g[t] / (sqrt(v[t] / where(corrected, 1 - beta2**t, 1)) + eps) + weight_decay * y[t])
    total_weight[t] = total_weight[t-1] + rate[t]**2
    share[t] = rate[t]**2 / total_weight[t]
    theta[t] = (1 - share[t]) * theta[t-1] + share[t] * z[t]
