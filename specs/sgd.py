"""Stochastic gradient descent."""

from optgen.spec import Grad, Hyper, Local, Param, hyper, optimizer, t


@optimizer(paper="Robbins & Monro 1951, doi:10.1214/aoms/1177729586", class_name="SGD")
def sgd(
    theta: Param,
    g: Grad,
    d: Local,
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
) -> None:
    """Step against the gradient; weight decay is an L2 term of the loss."""
    d[t] = g[t] + weight_decay * theta[t-1]
    theta[t] = theta[t-1] - lr * d[t]
