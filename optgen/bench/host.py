"""What a step costs the host for each tensor: of our kernels with their launches left out, and of steps on the CPU."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from .clocks import CpuClock, Step
from .measure import interleaved
from .rivals import Rival, our_class

TENSORS, NUMEL = 1000, 16
"""As many tensors of so few numbers that all but looking at them costs next to nothing."""
SECONDS = 4.0
KEPT, NEW = "kept", "new"
"""Gradients: the same tensors as in the step before, or all others, at other addresses."""


@dataclass
class Gradients:
    """The gradients of some parameters.

    Attributes:
        params: Whose.
    """

    params: list[torch.nn.Parameter]

    def renew(self) -> None:
        """Give all parameters other gradients; those of before are still there, so that none gets its address."""
        fresh = [torch.full_like(param, 0.1) for param in self.params]
        for param, grad in zip(self.params, fresh, strict=True):
            param.grad = grad


class RenewingClock(CpuClock):
    """Times steps before each of which all gradients are others, as behind `zero_grad()`."""

    def __init__(self, gradients: Gradients) -> None:
        self._gradients = gradients

    def time(self, step: Step) -> Any:
        """Make a step."""
        self._gradients.renew()
        return super().time(step)


def host_costs(name: str) -> list[dict[str, Any]]:
    """Microseconds a tensor, of each way to make a step on the host.

    Args:
        name: Class of an optimizer that torch has too.
    """
    params = [torch.nn.Parameter(torch.randn(NUMEL)) for _ in range(TENSORS)]
    gradients = Gradients(params)
    gradients.renew()
    makers: dict[str, Callable[[], Step]] = {"ours, on the CPU": lambda: our_class(name)(params).step}
    makers |= {
        f"torch {way}": partial(_in_torch, name, params, arguments)
        for way, arguments in {"fused": {"fused": True}, "foreach": {"foreach": True}}.items()
    }
    found = []
    with launching_nothing(name, params) as step:
        rivals = [Rival("ours, kernels not launched", step)] + [Rival(who, make()) for who, make in makers.items()]
        for rival in rivals:
            rival.step()
        for kind, clock in ((KEPT, CpuClock()), (NEW, RenewingClock(gradients))):
            for who, times in interleaved(rivals, clock, SECONDS / 2).items():
                wall = times.wall
                values = {"median": wall.median, "low": wall.low, "high": wall.high}
                microseconds = {f"{key}_us": round(1e6 * value / TENSORS, 4) for key, value in values.items()}
                about = {"optimizer": name, "who": who, "gradients": kind, "tensors": TENSORS, "numel": NUMEL}
                found.append({**about, **microseconds, "rounds": times.rounds})
    return found


@contextmanager
def launching_nothing(name: str, params: list[torch.nn.Parameter]) -> Iterator[Step]:
    """A step of our class by the path of kernels, of which none is run: parameters stay as they are.

    Args:
        name: Class of the optimizer.
        params: On the CPU, with gradients.
    """
    from triton.runtime.jit import KernelInterface

    kind = our_class(name)
    before = kind(params)
    before.step()  # which makes the states, as kernels would
    optimizer = type(kind.__name__, (kind,), {"interpreted": True})(params)
    optimizer.load_state_dict(before.state_dict())
    module = importlib.import_module(f"{kind.package}.kernel")
    kernels = {key: value for key, value in vars(module).items() if isinstance(value, KernelInterface)}
    vars(module).update(dict.fromkeys(kernels, _Idle()))
    try:
        yield optimizer.step
    finally:
        vars(module).update(kernels)


class _Idle:
    """Stands for a kernel, and does nothing when it is launched."""

    def __getitem__(self, grid: Any) -> Any:
        return lambda *_, **__: grid


def _in_torch(name: str, params: list[torch.nn.Parameter], arguments: dict[str, bool]) -> Step:
    step: Step = getattr(torch.optim, name)(params, **arguments).step
    return step
