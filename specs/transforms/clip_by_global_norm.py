"""Clipping by the norm of all gradients."""

from optgen.spec import Base, Grad, Hyper, Local, Param, hyper, norm, symbol, t, transform, where


@transform(paper="Pascanu et al. 2013, arXiv:1211.5063, Algorithm 1", title="clipped by global norm")
def clip_by_global_norm(
    base: Base,
    theta: Param,
    g: Grad,
    clipped: Local = symbol(r"\bar{g}"),
    length: Local = symbol("n"),
    max_norm: Hyper = hyper(1, gt=0, tex="c"),
) -> None:
    """Gradients that are together longer than `max_norm` are scaled down to that length before the base sees them."""
    length[t] = norm(g[t], over="all")
    clipped[t] = where(length[t] > max_norm, max_norm / length[t] * g[t], g[t])
    theta[t] = base(theta[t-1], clipped[t])
