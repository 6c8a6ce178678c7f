"""States that are one number, for all tensors or each, and one that holds one number at some steps."""

from optgen.spec import Grad, Hyper, Param, State, hyper, norm, optimizer, t, where


@optimizer()
def coarse_states(
    theta: Param,
    g: Grad,
    size: State,
    rate: State,
    one: State,
    first: State,
    lr: Hyper = hyper(0.1, ge=0),
) -> None:
    """States that are one number, for all tensors or each, and one that holds one number at some steps."""
    size[t] = norm(g[t]) + 0.1 * size[t-1]
    rate[t] = lr / (1 + t) + rate[t-1] * one[t-1] / 2
    one[t] = 1
    first[t] = where(t > 2, first[t-1] + g[t], 2)
    theta[t] = theta[t-1] - rate[t] * g[t] / (1 + size[t]) * first[t]
