"""Layer-wise trust ratio."""

from optgen.spec import (
    Base,
    Grad,
    Hyper,
    Local,
    Param,
    hyper,
    maximum,
    minimum,
    norm,
    shared,
    symbol,
    t,
    transform,
    where,
)


@transform(paper="You et al. 2020, arXiv:1904.00962, Section 3", title="layer-wise")
def layerwise(
    base: Base,
    theta: Param,
    g: Grad,
    update: Local = symbol("u"),
    weight_norm: Local = symbol("w"),
    update_norm: Local = symbol("n"),
    ratio: Local = symbol(r"\rho"),
    lr: Hyper = shared(),
    phi_min: Hyper = hyper(0, ge=0, tex=r"\phi_{\min}"),
    phi_max: Hyper = hyper(1e30, gt=0, tex=r"\phi_{\max}"),
) -> None:
    """Steps as long, tensor by tensor, as a share of the parameter, whatever the base makes of the gradient.

    `phi` clips the norm of the parameter; with the bounds as they are it is the norm itself.
    """
    update[t] = base.step(theta[t-1], g[t])
    weight_norm[t] = minimum(maximum(norm(theta[t-1]), phi_min), phi_max)
    update_norm[t] = norm(update[t])
    ratio[t] = where((weight_norm[t] > 0) & (update_norm[t] > 0), lr * weight_norm[t] / update_norm[t], 1)
    theta[t] = theta[t-1] - ratio[t] * update[t]
