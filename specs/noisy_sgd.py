"""Gradient descent with annealed noise."""

from optgen.spec import Grad, Hyper, Local, Param, hyper, normal, optimizer, sqrt, t


@optimizer(paper="Neelakantan et al. 2015, arXiv:1511.06807, Equation 1", class_name="NoisySGD", title="Noisy SGD")
def noisy_sgd(
    theta: Param,
    g: Grad,
    sigma: Local,
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\eta"),
    noise: Hyper = hyper(0.01, ge=0, tex="s"),
    gamma: Hyper = hyper(0.55, ge=0),
) -> None:
    """Normal noise is added to the gradient, less at each step.

    The paper counts steps from zero, and divides by a power of `1 + t`.
    """
    sigma[t] = sqrt(noise / t**gamma)
    theta[t] = theta[t-1] - lr * (g[t] + sigma[t] * normal())
