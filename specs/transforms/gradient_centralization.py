"""Gradient centralization."""

from optgen.spec import Base, Grad, Local, Param, dims, mean, symbol, t, transform, where


@transform(paper="Yong et al. 2020, arXiv:2004.01461, Equation 1", title="with centralized gradients")
def gradient_centralization(
    base: Base,
    theta: Param,
    g: Grad,
    centered: Local = symbol(r"\tilde{g}"),
) -> None:
    """The mean of the gradient of each output is taken off it; vectors are left as they are, as biases in the paper."""
    centered[t] = where(dims > 1, g[t] - mean(g[t], over="outputs"), g[t])
    theta[t] = base(theta[t-1], centered[t])
