"""Lookahead."""

from optgen.spec import Base, Grad, Hyper, Local, Param, State, equal, hyper, state, symbol, t, transform, where


@transform(paper="Zhang et al. 2019, arXiv:1907.08610, Algorithm 1", title="Lookahead")
def lookahead(
    base: Base,
    theta: Param,
    g: Grad,
    fast: Local = symbol(r"\phi"),
    slow: State = state(key="slow_buffer", tex=r"\bar{\theta}"),
    k: Hyper = hyper(6, ge=1),
    alpha: Hyper = hyper(0.5, ge=0, le=1),
) -> None:
    """Every `k` steps the parameter goes back to where it was then, and only part of the way on."""
    slow[0] = theta[0]
    fast[t] = base(theta[t-1], g[t])
    slow[t] = where(equal(t % k, 0), slow[t-1] + alpha * (fast[t] - slow[t-1]), slow[t-1])
    theta[t] = where(equal(t % k, 0), slow[t], fast[t])
