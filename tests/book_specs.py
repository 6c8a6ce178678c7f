"""A small folder of everything that a book shows."""

from __future__ import annotations

SPEC = r'''
from optgen.spec import *


@optimizer(paper="Nobody 2000, Algorithm 1", title="One & only", class_name="One")
def one(
    theta: Param,
    g: Grad,
    m: State = state(key="average", only_if="heavy"),
    lr: Hyper = hyper(0.1, ge=0, tex=r"\eta"),
    mu: Hyper = hyper(0.9, ge=0, lt=1),
    heavy: Flag = flag(doc="follow {an} average^2 of $5 & 50%, \\ ~"),
) -> None:
    """Descend by 100 %."""
    m[t] = mu * m[t-1] + g[t]
    theta[t] = theta[t-1] - lr * where(heavy, m[t], g[t])


@schedule(title="falling")
def falling(factor: Factor, steps: Hyper = hyper(10, ge=1, tex="T")) -> None:
    """Fall."""
    factor[t] = steps / (steps + t)


@transform(title="twice")
def twice(base: Base, theta: Param, g: Grad, doubled: Local = symbol("d"), times: Hyper = hyper(2, gt=0)) -> None:
    """Take a multiple of the gradient."""
    doubled[t] = times * g[t]
    theta[t] = base(theta[t-1], doubled[t])
'''

BIBLIOGRAPHY = "@misc{nobody2000, author = {Nobody, A}, title = {Nothing}, year = {2000}, howpublished = {Nowhere}}\n"
RELATIONS = """
from optgen.prove import relation, run
from .all import one

relation("one is one", run(one, mu=0) == run(one, mu=0))
"""
