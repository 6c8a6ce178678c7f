"""Clipping by value."""

from optgen.spec import Base, Grad, Hyper, Local, Param, hyper, maximum, minimum, symbol, t, transform


@transform(title="clip by value")
def clip_by_value(
    base: Base,
    theta: Param,
    g: Grad,
    clipped: Local = symbol(r"\tilde{g}"),
    clip_value: Hyper = hyper(1, gt=0, tex="c"),
) -> None:
    """No element of the gradient is larger than a bound."""
    clipped[t] = minimum(maximum(g[t], -clip_value), clip_value)
    theta[t] = base(theta[t-1], clipped[t])
