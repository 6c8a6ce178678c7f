"""Adam without bias correction."""

from optgen.spec import Grad, Hyper, Param, State, hyper, optimizer, sqrt, state, t


@optimizer(title="Adam without correction")
def adam_uncorrected(
    theta: Param,
    g: Grad,
    m: State = state(key="exp_avg"),
    v: State = state(key="exp_avg_sq"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
) -> None:
    """Adam as tutorials write it: the moments begin at zero and are not corrected for that.

    Differs from Adam in its first steps, which are longer by up to a factor of ten with these coefficients.
    """
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**2
    theta[t] = theta[t-1] - lr * m[t] / (sqrt(v[t]) + eps)
