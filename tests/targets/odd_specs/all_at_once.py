"""All tensors, and nothing else: no state and no hyper-parameter."""

from optgen.spec import Grad, Param, max_abs, mean, optimizer, t


@optimizer()
def all_at_once(theta: Param, g: Grad) -> None:
    """All tensors, and nothing else: no state and no hyper-parameter."""
    theta[t] = theta[t-1] - g[t] / (1 + max_abs(g[t], over="all")) - mean(theta[t-1], over="all") / 8
