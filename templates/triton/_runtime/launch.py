"""What the Triton kernels share: all that they import, states by name, and the device to launch on."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

from .batch import BLOCKS, batches_of
from .device import (
    INTERPRET,
    address,
    as_tensor,
    begin_step,
    cube_root,
    double,
    everywhere,
    goes,
    grad_factor_of,
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
    step_of,
    sum_lines,
    sum_partials,
    to_dtype,
    to_power,
    uniform,
)
from .domain import Domain, check_flags, check_hyper, check_noise, check_step
from .joined import Partials, joined
from .matrices import line_shape
from .tensor_checks import TensorChecks
from .tensor_states import State, States, lists, tensors, touched
from .tile_batch import entries_of, tile_batches_of
from .tiles import first_by_rest, last_two
from .turns import Turn, single_turn

__all__ = [
    "BLOCKS",
    "INTERPRET",
    "Domain",
    "Partials",
    "State",
    "States",
    "Turn",
    "address",
    "as_tensor",
    "batches_of",
    "begin_step",
    "check_flags",
    "check_hyper",
    "check_noise",
    "check_state",
    "check_state_lists",
    "check_step",
    "check_tensor_lists",
    "check_tensors",
    "check_theta",
    "check_thetas",
    "cube_root",
    "double",
    "entries_of",
    "everywhere",
    "first_by_rest",
    "goes",
    "grad_factor_of",
    "joined",
    "keep",
    "largest",
    "largest_along",
    "last_two",
    "line_shape",
    "lists",
    "max_lines",
    "max_partials",
    "maximum",
    "minimum",
    "modulo",
    "normal",
    "on_device",
    "sign",
    "single_turn",
    "step_of",
    "sum_lines",
    "sum_partials",
    "tensors",
    "tile_batches_of",
    "to_dtype",
    "to_power",
    "touched",
    "uniform",
    "warps",
]


def warps(count: int) -> int:
    """Warps of a program: as many as are given where they are of 32 threads, four where of 64."""
    return min(4, count) if torch.version.hip else count


def _on_gpu(name: str, theta: torch.Tensor) -> None:
    if theta.device.type == "cpu" and not INTERPRET.value:
        raise RuntimeError(
            f"{name} is on the CPU: Triton needs a GPU tensor, "
            "or TRITON_INTERPRET=1 in the environment before triton is imported"
        )


_CHECKS = TensorChecks((torch.float32, torch.float16, torch.bfloat16), lambda _: torch.float32, _on_gpu)
check_theta, check_thetas = _CHECKS.theta, _CHECKS.thetas
check_tensors, check_tensor_lists = _CHECKS.tensors, _CHECKS.tensor_lists
check_state, check_state_lists = _CHECKS.state, _CHECKS.state_lists


def on_device(device: torch.device) -> AbstractContextManager[object]:
    """Make a GPU the current one, since Triton launches there; CUDA, ROCm and XPU alike."""
    if device.type == "cpu":
        return nullcontext()
    guard: AbstractContextManager[object] = torch.get_device_module(device).device(device)
    return guard
