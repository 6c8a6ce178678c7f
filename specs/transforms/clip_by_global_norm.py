"""Clipping by the norm of all gradients."""

from optgen.spec import Base, Grad, Hyper, Local, Param, hyper, minimum, norm, symbol, t, transform


@transform(paper="Pascanu et al. 2013, arXiv:1211.5063, Algorithm 1", title="clipped by global norm")
def clip_by_global_norm(
    base: Base,
    theta: Param,
    g: Grad,
    clipped: Local = symbol(r"\bar{g}"),
    share: Local = symbol(r"\varsigma"),
    max_norm: Hyper = hyper(1, gt=0, tex="c"),
    norm_eps: Hyper = hyper(0, ge=0, tex=r"\epsilon_c"),
) -> None:
    """Gradients that are together longer than `max_norm` are scaled down to that length before the base sees them.

    `clip_grad_norm_` of torch has 1e-6 for `norm_eps`.
    """
    share[t] = minimum(1, max_norm / (norm(g[t], over="all") + norm_eps))
    clipped[t] = share[t] * g[t]
    theta[t] = base(theta[t-1], clipped[t])
