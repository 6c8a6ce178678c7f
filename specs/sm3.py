"""SM3."""

from optgen.spec import (
    Grad,
    Hyper,
    Local,
    Param,
    State,
    equal,
    hyper,
    max_abs,
    minimum,
    optimizer,
    sqrt,
    state,
    symbol,
    t,
    where,
)


@optimizer(paper="Anil et al. 2019, arXiv:1901.11150, Algorithm SM3-II", class_name="SM3")
def sm3(
    theta: Param,
    g: Grad,
    u: Local,
    nu: Local = symbol(r"\nu"),
    m: State = state(key="exp_avg"),
    r: State = state(key="row_accumulator"),
    c: State = state(key="col_accumulator"),
    lr: Hyper = hyper(0.1, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(1, ge=0, le=1),
    eps: Hyper = hyper(0, ge=0),
) -> None:
    """Adagrad that keeps one number for each row and each column of a matrix; of a vector, one for each element.

    The paper has neither averages nor `eps`: `beta1=0` gives its update, its authors' code takes 0.9.
    """
    nu[t] = beta2 * minimum(r[t-1], c[t-1]) + where(beta2 < 1, 1 - beta2, 1) * g[t]**2
    r[t] = max_abs(nu[t], over="rows")
    c[t] = max_abs(nu[t], over="cols")
    u[t] = where(equal(nu[t], 0), 0, g[t] / sqrt(nu[t] + eps))
    m[t] = beta1 * m[t-1] + (1 - beta1) * u[t]
    theta[t] = theta[t-1] - lr * m[t]
