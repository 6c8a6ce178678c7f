"""Tiger."""

from optgen.spec import Grad, Hyper, Param, State, hyper, optimizer, sign, state, t


@optimizer(paper="Su 2023, Tiger: A Tight-fisted Optimizer")
def tiger(
    theta: Param,
    g: Grad,
    m: State = state(key="exp_avg"),
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta: Hyper = hyper(0.965, ge=0, lt=1),
    weight_decay: Hyper = hyper(0.01, ge=0, tex=r"\lambda"),
) -> None:
    """Lion with one coefficient: the sign of the momentum itself."""
    m[t] = beta * m[t-1] + (1 - beta) * g[t]
    theta[t] = theta[t-1] - lr * (sign(m[t]) + weight_decay * theta[t-1])
