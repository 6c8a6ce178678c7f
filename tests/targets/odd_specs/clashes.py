"""Symbols with the names that generated code has for its own."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, max_abs, mean, norm, optimizer, sqrt, t, total, where


@optimizer()
def clashes(
    theta: Param,
    g: Grad,
    m: State,
    values: State,
    keep: State,
    update: Local,
    mask: Local,
    rank: Local,
    count: Local,
    offs: Local,
    arrays: Local,
    partials: Local,
    m_sum: Local,
    m_term: Local,
    numel: Local,
    one_minus_beta: Local,
    step: Local,
    ieee: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
) -> None:
    """Symbols with the names that generated code has for its own."""
    m[t] = beta * m[t-1] + (1 - beta) * g[t]
    values[t] = values[t-1] / 2 + m[t]**2
    keep[t] = g[t]
    update[t] = m[t] / (sqrt(values[t]) + 0.1) + keep[t] - keep[t-1]
    mask[t] = where(update[t] * g[t] > 0, 1, 0)
    rank[t] = norm(m[t] + mask[t]) + mean(mask[t])
    count[t] = t + 0.5
    offs[t] = count[t] / (lr + 1)
    arrays[t] = update[t] * mask[t]
    partials[t] = total(arrays[t]) / 40
    m_sum[t] = total(m[t] - g[t]) + max_abs(m[t] * partials[t])
    m_term[t] = m[t] * m_sum[t]
    numel[t] = mean(m_term[t]) + 1
    one_minus_beta[t] = 2 - beta
    step[t] = arrays[t] * (1 - beta) * one_minus_beta[t] / (numel[t]**2 + rank[t] + offs[t])
    ieee[t] = 1 / (t - 2.5)
    theta[t] = theta[t-1] - lr * step[t] * ieee[t]
