"""ADOPT."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    flag,
    hyper,
    maximum,
    minimum,
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    where,
)


@optimizer(paper="Taniguchi et al. 2024, arXiv:2411.02853, Algorithm 2", class_name="ADOPT", title="ADOPT")
def adopt(
    theta: Param,
    g: Grad,
    d: Local,
    scaled: Local = symbol("u"),
    clip: Local = symbol("c"),
    shown: Local = symbol(r"\tilde{u}"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.9999, ge=0, lt=1),
    eps: Hyper = hyper(1e-6, gt=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    exponent: Hyper = hyper(0.25, ge=0, tex="p"),
    clipped: Flag = flag(True, doc="clip the scaled gradient, so that early steps stay small"),
    decoupled: Flag = flag(doc="decay the parameter instead of adding to the gradient"),
    nesterov: Flag = flag(doc="step along the average as the same gradient would move it once more"),
) -> None:
    """Adam that divides each gradient by the second moment of those before it, and averages behind that.

    The first step only fills the second moment; it does not decay the parameter either. The exponent of the bound is
    0.25 in the authors' code and optax, 1/3 in timm; `nesterov` is optax's.
    """
    d[t] = g[t] + where(decoupled, 0, weight_decay) * theta[t-1]
    clip[t] = maximum(t - 1, 1)**exponent
    scaled[t] = where(t > 1, d[t] / maximum(sqrt(v[t-1]), eps), 0)
    shown[t] = where(clipped, minimum(maximum(scaled[t], -clip[t]), clip[t]), scaled[t])
    m[t] = where(t > 1, beta1 * m[t-1] + (1 - beta1) * shown[t], 0)
    v[t] = where(t > 1, beta2 * v[t-1] + (1 - beta2) * d[t]**2, d[t]**2)
    theta[t] = theta[t-1] - lr * (
        where(nesterov, beta1 * m[t] + (1 - beta1) * shown[t], m[t])
        + where(decoupled & (t > 1), weight_decay, 0) * theta[t-1]
    )
