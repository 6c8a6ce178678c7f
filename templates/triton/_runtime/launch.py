"""What the Triton kernels share: all that they import, states by name, and the device to launch on."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from .device import (
    INTERPRET,
    everywhere,
    keep,
    largest,
    largest_along,
    max_lines,
    max_partials,
    maximum,
    minimum,
    modulo,
    normal,
    sign,
    sum_lines,
    sum_partials,
    to_dtype,
    to_power,
    uniform,
)
from .domain import Domain, check_flags, check_hyper, check_noise, check_step
from .tensor_checks import (
    State,
    States,
    check_state,
    check_state_lists,
    check_tensor_lists,
    check_tensors,
    check_theta,
    check_thetas,
)
from .tiles import first_by_rest, last_two, line_shape

__all__ = ["INTERPRET", "Domain", "State", "States", "check_flags", "check_hyper", "check_noise", "check_state"]
__all__ += ["check_state_lists", "check_step", "check_tensor_lists", "check_tensors", "check_theta", "check_thetas"]
__all__ += ["everywhere", "first_by_rest", "keep", "largest", "largest_along", "last_two", "line_shape", "lists"]
__all__ += ["max_lines", "max_partials", "maximum", "minimum", "modulo", "normal", "on_device", "sign", "sum_lines"]
__all__ += ["sum_partials", "tensors", "to_dtype", "to_power", "touched", "uniform"]


def tensors(**values: torch.Tensor | None) -> State:
    """The given tensors by name, without those that are None."""
    return {name: value for name, value in values.items() if value is not None}


def lists(**values: Any) -> States:
    """The given tensors and lists of tensors by name, without those that are None."""
    return {name: value for name, value in values.items() if value is not None}


def on_device(theta: torch.Tensor) -> AbstractContextManager[object]:
    """Make the GPU that `theta` is on the current one, since Triton launches there; CUDA, ROCm and XPU alike."""
    if theta.device.type == "cpu":
        return nullcontext()
    guard: AbstractContextManager[object] = torch.get_device_module(theta.device).device(theta.device)
    return guard


def touched(*thetas: torch.Tensor) -> None:
    """Tell autograd that a kernel has written to parameters."""
    for theta in thetas:
        if not theta.is_inference():
            torch.autograd.graph.increment_version(theta)
