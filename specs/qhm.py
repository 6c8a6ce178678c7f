"""QHM."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, optimizer, state, t


@optimizer(paper="Ma & Yarats 2018, arXiv:1810.06801, Section 3", class_name="QHM", title="QHM")
def qhm(
    theta: Param,
    g: Grad,
    d: Local,
    b: State = state(key="momentum_buffer"),
    lr: Hyper = hyper(1.0, ge=0, tex=r"\alpha"),
    beta: Hyper = hyper(0.999, ge=0, lt=1),
    nu: Hyper = hyper(0.7, ge=0, le=1),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """Quasi-hyperbolic momentum: the average of a momentum step and a plain one."""
    d[t] = g[t] + weight_decay * theta[t-1]
    b[t] = beta * b[t-1] + (1 - beta) * d[t]
    theta[t] = theta[t-1] - lr * ((1 - nu) * d[t] + nu * b[t])
