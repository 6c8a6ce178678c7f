"""Who makes the step: our class, torch's in each of its ways, optax, plain NumPy, and a copy of the memory."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import torch

from .cases import Case
from .clocks import Step
from .facts import Facts

NUMPY_NUMBERS = 1 << 25
"""Numbers that plain NumPy is given at most: of more, a step takes many seconds."""


class LeftOutError(Exception):
    """A rival takes no part; the text says why."""


@dataclass(frozen=True)
class Rival:
    """One way to make a step.

    Attributes:
        name: For tables.
        step: Makes one.
        compile_s: Seconds that compiling took before the first step; None where nothing is compiled for it alone.
    """

    name: str
    step: Step
    compile_s: float | None = None


@dataclass(frozen=True)
class Subject:
    """An optimizer at one size. All who make its step have the same parameters and gradients, to spare memory.

    Attributes:
        facts: Of the optimizer.
        case: What is updated.
        device: "cpu" or "cuda".
        plainest: Class of our optimizer that moves the fewest bytes.
    """

    facts: Facts
    case: Case
    device: str
    plainest: str

    @property
    def name(self) -> str:
        """Class of the optimizer."""
        return self.facts.optimizer

    @cached_property
    def params(self) -> list[torch.nn.Parameter]:
        """Parameters with gradients."""
        params = [torch.nn.Parameter(torch.randn(shape, device=self.device)) for shape in self.case.shapes]
        for param in params:
            param.grad = torch.randn_like(param)
        return params

    @property
    def grads(self) -> list[torch.Tensor]:
        """Of all parameters."""
        return [param.grad for param in self.params if param.grad is not None]

    def of_torch(self) -> Any:
        """The class of torch's of the same name."""
        theirs = getattr(torch.optim, self.name, None)
        if theirs is None:
            raise LeftOutError(f"torch.optim has no {self.name}")
        return theirs


Maker = Callable[[str, Subject], Rival]


def our_class(name: str) -> Any:
    """Our class of a name."""
    from optgen import optim

    return getattr(optim, name)


def ours(who: str, subject: Subject) -> Rival:
    """Our class."""
    optimizer = our_class(subject.name)(subject.params)
    inputs = {series: [torch.randn_like(p) for p in subject.params] for series in optimizer.inputs}
    return Rival(who, partial(optimizer.step, **inputs))


def plainest(who: str, subject: Subject) -> Rival:
    """Our class that moves the fewest bytes: what others take beyond their bytes is seen beside it."""
    if subject.name == subject.plainest:
        raise LeftOutError("it is the plainest itself")
    return Rival(who, our_class(subject.plainest)(subject.params).step)


def in_torch(who: str, subject: Subject, ways: Mapping[str, bool]) -> Rival:
    """Torch's class in one of its ways.

    Args:
        who: Name of the rival.
        subject: What is updated.
        ways: Arguments that choose the way.
    """
    theirs = subject.of_torch()
    if missing := ways.keys() - inspect.signature(theirs).parameters.keys():
        raise LeftOutError(f"torch.optim.{subject.name} has no argument {', '.join(missing)}")
    try:
        optimizer = theirs(subject.params, **ways)
        optimizer.step()
    except RuntimeError as error:
        raise LeftOutError(first_line(error)) from None
    return Rival(who, optimizer.step)


def reference(who: str, subject: Subject) -> Rival:
    """The generated NumPy reference."""
    kind = our_class(subject.name)
    if subject.device != "cpu":
        raise LeftOutError("NumPy is on the CPU")
    if kind.together or kind.inputs:
        raise LeftOutError("plain NumPy is run for optimizers that look at one parameter and its gradient")
    if subject.case.numel > NUMPY_NUMBERS:
        raise LeftOutError(f"plain NumPy is run up to {NUMPY_NUMBERS / 1e6:.1f}M numbers")
    module = importlib.import_module(f"{kind.package}.reference")
    thetas: list[Any] = [param.detach().numpy() for param in subject.params]
    grads = [np.asarray(grad) for grad in subject.grads]
    states = [module.init(theta) for theta in thetas]

    def step() -> None:
        for i, theta in enumerate(thetas):
            thetas[i], states[i] = module.step(theta, grads[i], states[i], 2)

    return Rival(who, step)


def copy(who: str, subject: Subject) -> Rival:
    """A copy of as many numbers as there are parameters: 8 bytes moved for each in float32."""
    source, target = (torch.zeros(subject.case.numel, device=subject.device) for _ in range(2))
    return Rival(who, lambda: target.copy_(source))


def first_line(error: BaseException) -> str:
    """What an error says first, in at most 200 letters."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:200]
