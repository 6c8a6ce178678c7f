"""Adagrad."""

from optgen.spec import Flag, Grad, Hyper, Local, Param, State, flag, hyper, optimizer, sqrt, state, symbol, t, where


@optimizer(paper="Duchi, Hazan & Singer 2011, JMLR 12:2121-2159, Section 5", class_name="Adagrad")
def adagrad(
    theta: Param,
    g: Grad,
    d: Local,
    step_size: Local = symbol(r"\gamma"),
    s: State = state(init="initial_accumulator_value", key="sum"),
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\eta"),
    lr_decay: Hyper = hyper(0, ge=0, tex=r"\eta_{d}"),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    initial_accumulator_value: Hyper = hyper(0, ge=0, tex=r"\tau"),
    eps: Hyper = hyper(1e-10, ge=0),
    eps_inside: Flag = flag(doc="add eps under the root"),
) -> None:
    """A rate for each parameter, that falls with the sum of its squared gradients.

    Torch adds eps behind the root and starts the sum at zero; optax and Keras take `eps_inside` and start at 0.1.
    """
    d[t] = g[t] + weight_decay * theta[t-1]
    step_size[t] = lr / (1 + (t - 1) * lr_decay)
    s[t] = s[t-1] + d[t]**2
    theta[t] = theta[t-1] - step_size[t] * d[t] / where(eps_inside, sqrt(s[t] + eps), sqrt(s[t]) + eps)
