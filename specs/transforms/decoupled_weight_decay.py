"""Decoupled weight decay."""

from optgen.spec import Base, Flag, Grad, Hyper, Param, flag, hyper, shared, t, transform, where


@transform(paper="Loshchilov & Hutter 2019, arXiv:1711.05101, Algorithm 2", title="decoupled decay")
def decoupled_weight_decay(
    base: Base,
    theta: Param,
    g: Grad,
    lr: Hyper = shared(),
    decay: Hyper = hyper(1e-2, ge=0, tex=r"\lambda_w"),
    independent: Flag = flag(doc="decay by the coefficient alone, not times the learning rate"),
) -> None:
    """The parameter shrinks by itself, beside what the base does with the gradient."""
    theta[t] = base(theta[t-1], g[t]) - where(independent, 1, lr) * decay * theta[t-1]
