"""RMSprop with eps inside the root."""

from optgen.spec import Grad, Hyper, Param, State, hyper, optimizer, sqrt, state, t


@optimizer(title="RMSprop, eps inside")
def rmsprop_eps_inside(
    theta: Param,
    g: Grad,
    s: State = state(key="square_avg"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\alpha"),
    rho: Hyper = hyper(0.9, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, gt=0),
) -> None:
    """RMSprop that adds eps to the mean of squares instead of to its root, as optax and Keras have it.

    Differs from RMSprop where gradients are small: the divisor is never below the root of eps. It is RMSprop with
    `eps_inside`, without momentum.
    """
    s[t] = rho * s[t-1] + (1 - rho) * g[t]**2
    theta[t] = theta[t-1] - lr / sqrt(s[t] + eps) * g[t]
