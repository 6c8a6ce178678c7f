"""Nesterov momentum for a base with a first moment."""

from optgen.spec import Base, Expr, Grad, Hyper, Local, Param, shared, symbol, t, transform


@transform(paper="Dozat 2016, Incorporating Nesterov Momentum into Adam", title="Nesterov")
def nesterov_momentum(
    base: Base,
    theta: Param,
    g: Grad,
    ahead: Local = symbol(r"m^{+}"),
    beta1: Hyper = shared(),
) -> None:
    """The base steps along its first moment `m` as it will be one step later."""

    def one_later(m: Expr) -> Expr:
        ahead[t] = beta1 * m + (1 - beta1) * g[t]
        return ahead[t]

    theta[t] = base(theta[t-1], g[t], m=one_later)
