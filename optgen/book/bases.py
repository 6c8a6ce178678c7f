"""What transforms are shown on: the plainest specs that have what a transform needs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from optgen.check import check
from optgen.problems import SpecError
from optgen.prove.sides import captured
from optgen.spec import Factor, Grad, Hyper, Local, Param, State, hyper, optimizer, schedule, sqrt, t
from optgen.spec.decorators import DECLARED, Declaration, Transform, named
from optgen.spec.model import Spec, SpecKind
from optgen.spec.series import MistakeError

_BEFORE = len(DECLARED)


@optimizer(title="gradient descent")
def plain(theta: Param, g: Grad, lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta")) -> None:
    """A step along the gradient."""
    theta[t] = theta[t - 1] - lr * g[t]


@optimizer(title="a ratio of moments")
def moments(
    theta: Param,
    g: Grad,
    mhat: Local,
    vhat: Local,
    m: State,
    v: State,
    lr: Hyper = hyper(1e-3, ge=0, tex=r"\eta"),
    beta1: Hyper = hyper(0.9, ge=0, lt=1),
    beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0),
) -> None:
    """A step along the first moment over the root of the second."""
    m[t] = beta1 * m[t - 1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2
    mhat[t] = m[t] / (1 - beta1**t)
    vhat[t] = v[t] / (1 - beta2**t)
    theta[t] = theta[t - 1] - lr * mhat[t] / (sqrt(vhat[t]) + eps)


@schedule(title="a falling factor")
def falling(factor: Factor) -> None:
    """Of the step's root."""
    factor[t] = 1 / sqrt(t)


_BASES: dict[SpecKind, tuple[Declaration, ...]] = {
    SpecKind.OPTIMIZER: (plain, moments),
    SpecKind.SCHEDULE: (falling,),
}
del DECLARED[_BEFORE:]  # they belong to no folder


def example(transform: Transform) -> tuple[Spec, str] | None:
    """A transform on the plainest specs that it can be applied to, and what these are called.

    None where it needs more than they have.
    """
    for parts in product(*(_BASES[kind] for kind in transform.places.values())):
        found = _applied(transform, parts)
        if found:
            return found, " and ".join(named(part).title for part in parts)
    return None


def _applied(transform: Transform, parts: tuple[Declaration, ...]) -> Spec | None:
    before = len(DECLARED)
    try:
        spec = captured(named(transform(*parts), f"{transform.name}_example"))
        return None if [*_problems(spec)] else spec
    except (SpecError, MistakeError):
        return None
    finally:
        del DECLARED[before:]


def _problems(spec: Spec) -> Iterator[object]:
    yield from spec.problems
    yield from check([spec])
