"""Adafactor."""

from optgen.spec import (
    Flag,
    Grad,
    Hyper,
    Local,
    Param,
    State,
    dims,
    flag,
    hyper,
    maximum,
    mean,
    minimum,
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    where,
)


@optimizer(paper="Shazeer & Stern 2018, arXiv:1804.04235, Algorithms 4 to 6", class_name="Adafactor")
def adafactor(
    theta: Param,
    g: Grad,
    u: Local,
    fade: Local = symbol(r"\kappa"),
    square: Local = symbol("q"),
    scale: Local = symbol(r"\sigma"),
    length: Local = symbol(r"\alpha"),
    r: State = state(key="row_var", vector_key=""),
    c: State = state(key="col_var", vector_key="variance"),
    lr: Hyper = hyper(1e-2, ge=0, tex=r"\eta"),
    beta2_decay: Hyper = hyper(-0.8, le=0, tex=r"\gamma"),
    eps1: Hyper = hyper(1.19e-7, ge=0, arg="eps", none="eps"),
    eps2: Hyper = hyper(1e-3, ge=0, arg="eps"),
    d: Hyper = hyper(1, gt=0),
    weight_decay: Hyper = hyper(0, ge=0, tex=r"\lambda"),
    clamp: Flag = flag(True, doc="keep estimates above eps1, as torch does; the paper adds 1e-30 to squared gradients"),
) -> None:
    """The second moment of a matrix as a product of a column and a row; steps as long as a share of the parameter."""
    fade[t] = t**beta2_decay
    square[t] = where(clamp, g[t]**2, g[t]**2 + eps1)
    r[t] = (1 - fade[t]) * r[t-1] + fade[t] * mean(square[t], over="rows")
    c[t] = (1 - fade[t]) * c[t-1] + fade[t] * mean(square[t], over="cols")
    # A product of two roots: for a row and a column without gradients, float32 has no root of their product.
    scale[t] = where(dims > 1, sqrt(r[t] / maximum(mean(r[t], over="cols"), where(clamp, eps1, 0))), 1) * sqrt(c[t])
    u[t] = g[t] / where(clamp, maximum(scale[t], eps1), scale[t])
    length[t] = minimum(lr, 1 / sqrt(t)) * maximum(eps2, sqrt(mean(theta[t-1]**2)))
    theta[t] = theta[t-1] - lr * weight_decay * theta[t-1] - length[t] / maximum(1, sqrt(mean(u[t]**2)) / d) * u[t]
