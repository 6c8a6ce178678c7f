"""Gradient noise."""

from optgen.spec import Base, Grad, Hyper, Local, Param, hyper, normal, sqrt, symbol, t, transform


@transform(paper="Neelakantan et al. 2015, arXiv:1511.06807, Equation 1", title="noisy")
def gradient_noise(
    base: Base,
    theta: Param,
    g: Grad,
    sigma: Local,
    noisy: Local = symbol(r"\tilde{g}"),
    noise: Hyper = hyper(0.01, ge=0, tex="s"),
    annealing: Hyper = hyper(0.55, ge=0, tex="a"),
) -> None:
    """Normal noise is added to the gradient, less at each step.

    The paper counts steps from zero, and divides by a power of `1 + t`.
    """
    sigma[t] = sqrt(noise / t**annealing)
    noisy[t] = g[t] + sigma[t] * normal()
    theta[t] = base(theta[t-1], noisy[t])
