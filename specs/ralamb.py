"""Ralamb."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, minimum, norm, optimizer, sqrt, state, symbol, t, where


@optimizer(paper="Lois & Grankin 2019, github.com/mgrankin/over9000", class_name="Ralamb")
def ralamb(
    theta: Param,
    g: Grad,
    rho: Local,
    r: Local,
    rho_inf: Local = symbol(r"\rho_{\infty}"),
    decayed: Local = symbol(r"\tilde{\theta}"),
    step: Local = symbol("u"),
    ratio: Local = symbol("q"),
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    phi_max: Hyper = hyper(10, gt=0, tex=r"\phi_{\max}"),
) -> None:
    """RAdam with a layer-wise trust ratio.

    As in the authors' code, weight decay comes first and is not in the ratio, and the ratio is to the norm of the
    parameter behind the step. With that of the step itself, as in LAMB, it is `layerwise(radam)`.
    """
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    rho_inf[t] = 2 / (1 - beta2) - 1
    rho[t] = rho_inf[t] - 2 * t * beta2**t / (1 - beta2**t)
    # Behind the threshold every factor under the root is positive.
    r[t] = where(
        rho[t] > 5,
        sqrt(((rho[t] - 4) * (rho[t] - 2) * rho_inf[t]) / ((rho_inf[t] - 4) * (rho_inf[t] - 2) * rho[t])),
        0,
    )
    decayed[t] = theta[t-1] - lr * weight_decay * theta[t-1]
    step[t] = lr * m[t] / (1 - beta1**t) * where(rho[t] > 5, r[t] * sqrt(1 - beta2**t) / (sqrt(v[t]) + eps), 1)
    ratio[t] = where(
        (norm(decayed[t]) > 0) & (norm(decayed[t] - step[t]) > 0),
        minimum(norm(decayed[t]), phi_max) / norm(decayed[t] - step[t]),
        1,
    )
    theta[t] = decayed[t] - ratio[t] * step[t]
