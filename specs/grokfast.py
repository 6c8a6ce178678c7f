"""Grokfast."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, sqrt, state, t, where


@optimizer(paper="Lee et al. 2024, arXiv:2405.20233, Algorithm 2 (EMA), over AdamW", class_name="Grokfast")
def grokfast(
    theta: Param,
    g: Grad,
    d: Local,
    mhat: Local,
    vhat: Local,
    slow: State = state(key="grok_exp_avg", tex="h"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.99, ge=0, lt=1),
    alpha: Hyper = hyper(0.98, ge=0, lt=1),
    lamb: Hyper = hyper(2, ge=0, tex=r"\lambda"),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex="w"),
) -> None:
    """AdamW of gradients whose slow component is amplified.

    As in the authors' code, the average begins with the first gradient itself.
    """
    slow[t] = where(t > 1, alpha * slow[t-1] + (1 - alpha) * g[t], g[t])
    d[t] = g[t] + lamb * slow[t]
    m[t] = beta1 * m[t-1] + (1 - beta1) * d[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * d[t]**2
    mhat[t] = m[t] / (1 - beta1**t)
    vhat[t] = v[t] / (1 - beta2**t)
    theta[t] = theta[t-1] - lr * (mhat[t] / (sqrt(vhat[t]) + eps) + weight_decay * theta[t-1])
