"""StableAdamW."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, maximum, mean, optimizer, sqrt, state, symbol, t


@optimizer(paper="Wortsman et al. 2023, arXiv:2304.13013, Algorithm 2", class_name="StableAdamW")
def stableadamw(
    theta: Param,
    g: Grad,
    b1: Local = symbol(r"\hat{\beta}_1"),
    b2: Local = symbol(r"\hat{\beta}_2"),
    rms: Local = symbol("r"),
    rate: Local = symbol(r"\hat{\eta}"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.99, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, gt=0),
    weight_decay: Hyper = hyper(1e-2, ge=0, tex=r"\lambda"),
) -> None:
    """AdamW that slows down, tensor by tensor, where gradients outgrow their second moment."""
    b1[t] = beta1 * (1 - beta1**(t - 1)) / (1 - beta1**t)
    b2[t] = beta2 * (1 - beta2**(t - 1)) / (1 - beta2**t)
    m[t] = b1[t] * m[t-1] + (1 - b1[t]) * g[t]
    v[t] = b2[t] * v[t-1] + (1 - b2[t]) * g[t]**2
    rms[t] = sqrt(mean(g[t]**2 / maximum(v[t], eps**2)))
    rate[t] = lr / maximum(1, rms[t])
    theta[t] = theta[t-1] - rate[t] * (m[t] / (sqrt(v[t]) + eps) + weight_decay * theta[t-1])
