"""Choices in choices, with parts that several of them share."""

from optgen.spec import Grad, Hyper, Local, Param, State, absolute, hyper, optimizer, sqrt, t, where


@optimizer()
def nested_choices(
    theta: Param,
    g: Grad,
    m: State,
    u: Local,
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.8, ge=0, lt=1),
) -> None:
    """Choices in choices, with parts that several of them share."""
    m[t] = where(t > 1, where(g[t] > 0, beta * m[t-1] + g[t], where(m[t-1] > g[t], beta * m[t-1], g[t])), g[t] + 0)
    u[t] = where(t > 2, sqrt(absolute(m[t])) * (1 - beta), where(t > 1, sqrt(absolute(m[t])), (1 - beta) * m[t]))
    theta[t] = theta[t-1] - lr * u[t] * where((t > 1) | (beta > 0.5), (1 - beta) / (1 - beta**t), 1)
