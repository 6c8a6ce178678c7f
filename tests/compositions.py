"""Compositions written as text, for tests."""

from __future__ import annotations

from optgen.check import check
from optgen.spec.load import load_source
from optgen.spec.model import Spec

HEAD = """from optgen.spec import *
from optgen.specs.adafactor import adafactor
from optgen.specs.adam import adam
from optgen.specs.adamw import adamw
from optgen.specs.lamb import lamb
from optgen.specs.nesterov import nesterov
from optgen.specs.radam import radam
from optgen.specs.ranger import ranger
from optgen.specs.schedule_free_adamw import schedule_free_adamw
from optgen.specs.schedules.cosine_decay import cosine_decay
from optgen.specs.schedules.noam import noam
from optgen.specs.schedules.warmup import warmup
from optgen.specs.sgd import sgd
from optgen.specs.sm3 import sm3
from optgen.specs.transforms.clip_by_global_norm import clip_by_global_norm
from optgen.specs.transforms.clip_by_value import clip_by_value
from optgen.specs.transforms.decoupled_weight_decay import decoupled_weight_decay
from optgen.specs.transforms.dynamic_bound import dynamic_bound
from optgen.specs.transforms.gradient_centralization import gradient_centralization
from optgen.specs.transforms.l2 import l2
from optgen.specs.transforms.largest_moment import largest_moment
from optgen.specs.transforms.layerwise import layerwise
from optgen.specs.transforms.lookahead import lookahead
from optgen.specs.transforms.nesterov_momentum import nesterov_momentum
from optgen.specs.transforms.scheduled import scheduled
from optgen.specs.variants.adam_eps_inside import adam_eps_inside

@optimizer()
def forgetful(theta: Param, g: Grad, m: State, half: Local, rate: Hyper = hyper(0.5, ge=0)) -> None:
    "A running sum, whose half is a step."
    m[t] = m[t-1] + g[t]
    half[t] = m[t] / 2
    theta[t] = theta[t-1] - rate * half[t]

@optimizer()
def named(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0), ratio: Hyper = hyper(0.5, ge=0)) -> None:
    "With a hyper-parameter that is called as a local of transforms is."
    theta[t] = theta[t-1] - lr * ratio * g[t]

@transform()
def steeper(base: Base, theta: Param, g: Grad, lr: Hyper = shared(), steepness: Hyper = hyper(2)) -> None:
    "With a larger learning rate."
    theta[t] = base(theta[t-1], g[t], lr=steepness * lr)

@transform()
def extrapolated(base: Base, theta: Param, g: Grad, prev: State, ahead: Local) -> None:
    "With the gradient that is to be expected."
    ahead[t] = 2 * g[t] - prev[t-1]
    prev[t] = g[t]
    theta[t] = base(theta[t-1], ahead[t])

"""
"""What a composition may be made of, and two optimizers and two transforms more."""


def composed(text: str) -> Spec:
    """What a composition makes, which has to be without problems."""
    specs, problems = load_source(f"{HEAD}made = {text}\n", "memory.py")
    problems += check(specs)
    assert not problems, [str(p) for p in problems]
    return next(spec for spec in specs if spec.name == "made")


def lines(spec: Spec) -> list[str]:
    """The equations, in plain text."""
    return [f"{equation.lhs} = {equation.rhs}" for equation in spec.equations]
