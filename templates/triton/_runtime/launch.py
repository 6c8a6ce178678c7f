"""What the Triton kernels share: checks of their arguments, and device functions that Triton lacks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

import torch
import triton
import triton.language as tl

from .domain import Domain, check_flags, check_hyper, check_step

State = dict[str, torch.Tensor]

__all__ = ["INTERPRET", "Domain", "State", "check_flags", "check_hyper", "check_step", "check_tensors", "check_theta"]
__all__ += ["keep", "masked", "maximum", "minimum", "on_device", "power", "sign", "sum_partials", "max_partials", "tensors"]
__all__ += ["to_dtype", "touched"]

INTERPRET = tl.constexpr(os.environ.get("TRITON_INTERPRET", "0") == "1")
"""Whether kernels run in Triton's interpreter, on CPU tensors."""

_DTYPES = (torch.float32, torch.float16, torch.bfloat16)


def check_theta(theta: object) -> torch.Tensor:
    """Return the parameter.

    Raises:
        TypeError: It is no dense tensor of float32, float16 or bfloat16.
        ValueError: It is not contiguous.
        RuntimeError: It is where no kernel can run.
    """
    theta = _check("theta", theta, _DTYPES)
    if theta.device.type == "cpu" and not INTERPRET.value:
        raise RuntimeError(
            "theta is on the CPU: Triton needs a GPU tensor, "
            "or TRITON_INTERPRET=1 in the environment before triton is imported"
        )
    return theta


def check_tensors(theta: object, grad: object, state: object, names: Mapping[str, bool]) -> None:
    """Check the tensors of a step against each other, before anything is written.

    Args:
        theta: Parameter; float32, float16 or bfloat16, contiguous, any shape.
        grad: Gradient of the same shape on the same device; float32, float16 or bfloat16, contiguous.
        state: State by name, each float32, of the same shape and device, contiguous.
        names: The states that there are, and whether the flags given want them.

    Raises:
        TypeError: An argument is no dense tensor, or of a dtype that it may not have.
        ValueError: A shape or device differs, a tensor is not contiguous, or a state is missing or unknown.
        RuntimeError: The tensors are where no kernel can run.
    """
    theta = check_theta(theta)
    _check_like(theta, "grad", grad, _DTYPES)
    if not isinstance(state, Mapping):
        raise TypeError(f"state must be a dict as init() makes it, got {state!r}")
    wanted = [name for name, exists in names.items() if exists]
    for name in wanted:
        if name not in state:
            raise ValueError(f"state has no {name!r}: it has {sorted(state)}, make it with init()")
        _check_like(theta, f"state[{name!r}]", state[name], (torch.float32,))
    for name in state:
        if name not in wanted:
            raise ValueError(f"state has an unknown {name!r}: with the flags given, the states are {wanted}")


def _check(name: str, value: object, dtypes: tuple[torch.dtype, ...]) -> torch.Tensor:
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{name} must be a torch tensor, got {value!r}")
    if value.layout is not torch.strided:
        raise TypeError(f"{name} must be a dense tensor, got {value.layout}")
    if value.dtype not in dtypes:
        allowed = " or ".join(str(d).removeprefix("torch.") for d in dtypes)
        raise TypeError(f"{name} must be {allowed}, got {str(value.dtype).removeprefix('torch.')}")
    if not value.is_contiguous():
        raise ValueError(
            f"{name} must be contiguous, got shape {tuple(value.shape)} with strides {value.stride()}: "
            f"pass {name}.contiguous()"
        )
    return value


def _check_like(theta: torch.Tensor, name: str, value: object, dtypes: tuple[torch.dtype, ...]) -> None:
    tensor = _check(name, value, dtypes)
    if tensor.shape != theta.shape:
        raise ValueError(f"{name} must have theta's shape {tuple(theta.shape)}, got {tuple(tensor.shape)}")
    if tensor.device != theta.device:
        raise ValueError(f"{name} must be on theta's device {theta.device}, got {tensor.device}")


def tensors(**values: torch.Tensor | None) -> State:
    """The given tensors by name, without those that are None."""
    return {name: value for name, value in values.items() if value is not None}


def on_device(theta: torch.Tensor) -> AbstractContextManager[object]:
    """Make the device of `theta` the current one, which Triton launches on."""
    return nullcontext() if theta.device.type == "cpu" else torch.device(theta.device)


def touched(theta: torch.Tensor) -> None:
    """Tell autograd that a kernel has written to `theta`."""
    if not theta.is_inference():
        torch.autograd.graph.increment_version(theta)


@triton.jit
def to_dtype(x, pointer):
    """Convert float32 values to what `pointer` points to, rounding to nearest even."""
    dtype: tl.constexpr = pointer.dtype.element_ty
    if INTERPRET:
        if dtype == tl.bfloat16:  # the interpreter truncates: round before it does
            bits = x.to(tl.uint32, bitcast=True)
            nearest = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
            x = tl.where(x == x, nearest.to(tl.float32, bitcast=True), x)
    return x.to(dtype)


@triton.jit
def keep(x, mask):
    """The values that are inside the tensor, 0 elsewhere; a mask that is None keeps all."""
    return x if mask is None else tl.where(mask, x, 0.0)


@triton.jit
def maximum(x, y):
    """The larger of two; NaN wins, as in NumPy."""
    return tl.maximum(x, y, propagate_nan=tl.PropagateNan.ALL)


@triton.jit
def minimum(x, y):
    """The smaller of two; NaN wins, as in NumPy."""
    return tl.minimum(x, y, propagate_nan=tl.PropagateNan.ALL)


@triton.jit
def sign(x):
    """-1, 0 or 1; NaN stays NaN."""
    return tl.where(x > 0.0, 1.0, tl.where(x < 0.0, -1.0, x))


@triton.jit
def power(x, y):
    """`x ** y` for `x >= 0`."""
    return tl.where(x == 0.0, tl.where(y == 0.0, 1.0, 0.0), tl.exp2(y * tl.log2(x)))


@triton.jit
def sum_partials(partials_ptr, count, WIDTH: tl.constexpr):
    """The sum of `count` float32 numbers in float64, always in the same order."""
    total = tl.zeros((WIDTH,), tl.float64)
    for start in range(0, count, WIDTH):
        offs = start + tl.arange(0, WIDTH)
        total += tl.load(partials_ptr + offs, offs < count, other=0.0).to(tl.float64)
    return tl.sum(total)


@triton.jit
def max_partials(partials_ptr, count, WIDTH: tl.constexpr):
    """The largest of `count` float32 numbers that are 0 or above; NaN wins."""
    largest = tl.zeros((WIDTH,), tl.float32)
    for start in range(0, count, WIDTH):
        offs = start + tl.arange(0, WIDTH)
        largest = maximum(largest, tl.load(partials_ptr + offs, offs < count, other=0.0))
    nan = tl.sum(tl.where(largest == largest, 0, 1))
    return tl.where(nan > 0, float("nan"), tl.max(largest)).to(tl.float64)
