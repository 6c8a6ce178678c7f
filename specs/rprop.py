"""Rprop."""

from optgen.spec import (
    Grad,
    Hyper,
    Local,
    Param,
    State,
    hyper,
    maximum,
    minimum,
    optimizer,
    sign,
    state,
    symbol,
    t,
    where,
)


@optimizer(paper="Riedmiller & Braun 1993, doi:10.1109/ICNN.1993.298623; Igel & Huesken 2003 (iRprop-)")
def rprop(
    theta: Param,
    g: Grad,
    agreement: Local = symbol("a"),
    factor: Local = symbol(r"\eta"),
    delta: State = state(init="lr", key="step_size", tex=r"\Delta"),
    last: State = state(key="prev", tex=r"g^{-}"),
    lr: Hyper = hyper(1e-2, gt=0, tex=r"\Delta_0"),
    eta_minus: Hyper = hyper(0.5, gt=0, lt=1, tex=r"\eta^{-}", arg="etas"),
    eta_plus: Hyper = hyper(1.2, gt=1, tex=r"\eta^{+}", arg="etas"),
    step_min: Hyper = hyper(1e-6, gt=0, tex=r"\Delta_{\min}", arg="step_sizes"),
    step_max: Hyper = hyper(50, gt=0, tex=r"\Delta_{\max}", arg="step_sizes"),
) -> None:
    """Only signs count: steps grow while the gradient keeps its sign, and shrink and pause where it changes."""
    agreement[t] = g[t] * last[t-1]
    factor[t] = where(agreement[t] > 0, eta_plus, where(agreement[t] < 0, eta_minus, 1))
    delta[t] = minimum(maximum(delta[t-1] * factor[t], step_min), step_max)
    last[t] = where(agreement[t] < 0, 0, g[t])
    theta[t] = theta[t-1] - delta[t] * sign(last[t])
