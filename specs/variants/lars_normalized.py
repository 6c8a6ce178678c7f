"""LARS with a normalized momentum."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, norm, optimizer, state, symbol, t, where


@optimizer(paper="You et al. 2020, arXiv:1904.00962, Algorithm 1", title="LARS, normalized")
def lars_normalized(
    theta: Param,
    g: Grad,
    weight_norm: Local = symbol("w"),
    momentum_norm: Local = symbol("n"),
    ratio: Local = symbol(r"\rho"),
    m: State = state(key="exp_avg"),
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\alpha"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """An average of decayed gradients, stretched layer by layer to the length of the weights.

    Differs from LARS: the whole step is normalized behind the momentum, not the gradient before it.
    """
    m[t] = beta1 * m[t-1] + (1 - beta1) * (g[t] + weight_decay * theta[t-1])
    weight_norm[t] = norm(theta[t-1])
    momentum_norm[t] = norm(m[t])
    ratio[t] = where((weight_norm[t] > 0) & (momentum_norm[t] > 0), weight_norm[t] / momentum_norm[t], 1)
    theta[t] = theta[t-1] - lr * ratio[t] * m[t]
