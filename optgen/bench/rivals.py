"""Who makes the step: our class, torch's in each of its ways, plain NumPy, and a copy of the memory that it moves."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .cases import Case

Step = Callable[[], Any]

_WAYS = {"fused": {"fused": True}, "foreach": {"foreach": True}, "for-loop": {"foreach": False}}


@dataclass(frozen=True)
class Rival:
    """One way to make a step.

    Attributes:
        name: For tables.
        step: Makes one.
    """

    name: str
    step: Step


def rivals(name: str, case: Case, device: str) -> Iterator[Rival]:
    """All that can make the step of an optimizer, ours first, each with parameters of its own.

    Args:
        name: Class of the optimizer.
        case: What is updated.
        device: "cpu" or "cuda".
    """
    from optgen import optim

    ours = getattr(optim, name)
    params = _parameters(case, device)
    optimizer = ours(params)
    inputs = {series: [torch.randn_like(p) for p in params] for series in optimizer.inputs}
    yield Rival("ours", lambda: optimizer.step(**inputs))
    theirs = getattr(torch.optim, name, None)
    if theirs is not None:
        for way, arguments in _WAYS.items():
            with suppress(TypeError, RuntimeError, ValueError):  # not every optimizer has every way
                yield Rival(f"torch {way}", theirs(_parameters(case, device), **arguments).step)
    if device == "cpu" and not optimizer.together and not optimizer.inputs:
        yield Rival("NumPy", _reference(ours, case))


def has_fused_rival(name: str) -> bool:
    """Whether torch has a fused step of an optimizer: the fastest that there is to compare with."""
    theirs = getattr(torch.optim, name, None)
    return theirs is not None and "fused" in inspect.signature(theirs).parameters


def _parameters(case: Case, device: str) -> list[torch.nn.Parameter]:
    params = [torch.nn.Parameter(torch.randn(shape, device=device)) for shape in case.shapes]
    for param in params:
        param.grad = torch.randn_like(param)
    return params


def _reference(ours: Any, case: Case) -> Step:
    """A step of the generated NumPy reference."""
    module = importlib.import_module(f"{ours.package}.reference")
    random = np.random.default_rng(0)
    thetas = [random.standard_normal(shape, np.float32) for shape in case.shapes]
    grads = [random.standard_normal(shape, np.float32) for shape in case.shapes]
    states = [module.init(theta) for theta in thetas]

    def step() -> None:
        for i, theta in enumerate(thetas):
            thetas[i], states[i] = module.step(theta, grads[i], states[i], 2)

    return step


def copy_step(case: Case, device: str) -> Rival:
    """A copy of as many numbers as there are parameters: 8 bytes moved for each in float32."""
    source, target = (torch.zeros(case.numel, device=device) for _ in range(2))
    return Rival("copy", lambda: target.copy_(source))
