"""AMSGrad's maximum."""

from optgen.spec import Base, Expr, Grad, Param, State, maximum, state, t, transform


@transform(paper="Reddi, Kale & Kumar 2018, arXiv:1904.09237, Algorithm 2", title="AMSGrad")
def largest_moment(
    base: Base,
    theta: Param,
    g: Grad,
    largest: State = state(key="max_exp_avg_sq", tex=r"v^{\max}"),
) -> None:
    """The base divides by its largest second moment `v` so far."""

    def so_far(v: Expr) -> Expr:
        largest[t] = maximum(largest[t-1], v)
        return largest[t]

    theta[t] = base(theta[t-1], g[t], v=so_far)
