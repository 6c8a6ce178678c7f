"""An optimizer that looks at how many dimensions a parameter has, but not at its rows and columns."""

from optgen.spec import Grad, Hyper, Param, dims, hyper, optimizer, t, where


@optimizer(paper="none")
def by_dims(theta: Param, g: Grad, lr: Hyper = hyper(0.5, ge=0)) -> None:
    """Another rate for vectors than for matrices."""
    theta[t] = theta[t - 1] - lr * where(dims > 1, g[t], dims * g[t] / 4)
