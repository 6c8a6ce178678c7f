"""Cautious updates."""

from optgen.spec import Base, Grad, Hyper, Local, Param, hyper, maximum, mean, symbol, t, transform, where


@transform(paper="Liang et al. 2024, arXiv:2411.16085, Algorithm 1", title="cautious")
def cautious(
    base: Base,
    theta: Param,
    g: Grad,
    update: Local = symbol("u"),
    mask: Local = symbol(r"\phi"),
    xi: Hyper = hyper(1e-3, gt=0),
) -> None:
    """Only elements whose step agrees in sign with their gradient move, and further for those that do not."""
    update[t] = base.step(theta[t-1], g[t])
    mask[t] = where(update[t] * g[t] > 0, 1, 0)
    theta[t] = theta[t-1] - update[t] * mask[t] / maximum(mean(mask[t]), xi)
