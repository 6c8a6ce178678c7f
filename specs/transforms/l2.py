"""L2 regularization."""

from optgen.spec import Base, Grad, Hyper, Local, Param, hyper, symbol, t, transform


@transform(title="L2")
def l2(
    base: Base,
    theta: Param,
    g: Grad,
    regularized: Local = symbol("d"),
    l2_decay: Hyper = hyper(1e-2, ge=0, tex=r"\lambda_2"),
) -> None:
    """The gradient of half the squared parameter is added to the gradient, and goes through the base with it."""
    regularized[t] = g[t] + l2_decay * theta[t-1]
    theta[t] = base(theta[t-1], regularized[t])
