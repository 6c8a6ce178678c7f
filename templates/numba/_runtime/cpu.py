"""What the fused passes for CPUs share: all that they import, and the checks of tensors."""

from __future__ import annotations

import torch
from numba import float64

from .cpu_functions import cube_root, exp, log, to_power
from .cpu_math import max_values, maximum, minimum, sign, sum_values
from .cpu_memory import larger, load, plus, store, to_number
from .cpu_noise import normal, uniform
from .cpu_run import compiled
from .cpu_step import Batch, Stage, Tables, Turn, batches_of, for_all, for_each, passes, real_dtype, run_step
from .domain import Domain, check_flags, check_hyper, check_noise, check_step
from .matrices import first_by_rest, last_two, line_shape
from .tensor_checks import TensorChecks
from .tensor_states import State, States, lists, tensors, touched

__all__ = ["Batch", "Domain", "Stage", "State", "States", "Tables", "Turn", "batches_of", "check_flags", "check_hyper"]
__all__ += ["check_noise", "check_state", "check_state_lists", "check_step", "check_tensor_lists", "check_tensors"]
__all__ += [
    "check_theta",
    "check_thetas",
    "compiled",
    "exp",
    "first_by_rest",
    "float64",
    "for_all",
    "for_each",
    "larger",
]
__all__ += [
    "last_two",
    "line_shape",
    "lists",
    "load",
    "log",
    "max_values",
    "maximum",
    "minimum",
    "normal",
    "passes",
    "plus",
]
__all__ += [
    "cube_root",
    "precision",
    "run_step",
    "sign",
    "store",
    "sum_values",
    "tensors",
    "to_number",
    "to_power",
    "touched",
    "uniform",
]


def precision(theta: torch.Tensor) -> torch.dtype:
    """The dtype of the arithmetic and the states of a parameter: float64 for float64, float32 for all others."""
    return real_dtype(theta.dtype)


def _on_cpu(name: str, theta: torch.Tensor) -> None:
    if theta.device.type != "cpu":
        raise RuntimeError(f"{name} is on {theta.device}: this is the code for CPUs, use the kernel")


_CHECKS = TensorChecks((torch.float32, torch.float64, torch.float16, torch.bfloat16), real_dtype, _on_cpu)
check_theta, check_thetas = _CHECKS.theta, _CHECKS.thetas
check_tensors, check_tensor_lists = _CHECKS.tensors, _CHECKS.tensor_lists
check_state, check_state_lists = _CHECKS.state, _CHECKS.state_lists
