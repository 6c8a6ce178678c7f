"""Adagrad with eps inside the root."""

from optgen.spec import Grad, Hyper, Param, State, hyper, optimizer, sqrt, state, t


@optimizer(title="Adagrad, eps inside")
def adagrad_eps_inside(
    theta: Param,
    g: Grad,
    s: State = state(key="sum"),
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\alpha"),
    eps: Hyper = hyper(1e-8, gt=0),
) -> None:
    """Adagrad that adds eps to the sum of squares instead of to its root.

    Differs from Adagrad where gradients have been small so far. It is Adagrad with `eps_inside`, without the decays of
    the rate and of the parameter.
    """
    s[t] = s[t-1] + g[t]**2
    theta[t] = theta[t-1] - lr / sqrt(s[t] + eps) * g[t]
