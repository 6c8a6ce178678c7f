"""What the Triton kernels share: checks of their arguments, and device functions that Triton lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from reprlib import repr as shown
from types import MappingProxyType

import torch
import triton
import triton.language as tl

from .domain import Domain, check_flags, check_hyper, check_names, check_noise, check_step

State = dict[str, torch.Tensor]

__all__ = ["INTERPRET", "Domain", "State", "check_flags", "check_hyper", "check_noise", "check_state", "check_step"]
__all__ += ["check_tensors", "check_theta", "everywhere", "keep", "largest", "max_partials", "maximum"]
__all__ += ["minimum", "normal", "on_device", "sign", "sum_partials", "tensors", "to_dtype", "to_power"]
__all__ += ["touched", "uniform"]

INTERPRET = tl.constexpr(triton.knobs.runtime.interpret)
"""Whether kernels run in Triton's interpreter, on CPU tensors."""

_CPU = torch.device("cpu")
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


def check_tensors(
    theta: object,
    grad: object,
    state: object,
    names: Mapping[str, bool],
    inputs: Mapping[str, object] = MappingProxyType({}),
    on_host: Collection[str] = (),
    on_device: Collection[str] = (),
) -> None:
    """Check the tensors of a step against each other, before anything is written.

    Args:
        theta: Parameter; float32, float16 or bfloat16, contiguous, any shape.
        grad: Gradient of the same shape on the same device; float32, float16 or bfloat16, contiguous.
        state: State by name, each float32, of the same shape and device, contiguous.
        names: The states that there are, and whether the flags given want them.
        inputs: Further tensors by name, each as `grad`.
        on_host: The states that are one number for all: 0-d float64 tensors on the CPU.
        on_device: The states that are one number a tensor: 0-d float64 tensors on the device of `theta`.

    Raises:
        TypeError: An argument is no dense tensor, or of a dtype that it may not have.
        ValueError: A shape or device differs, a tensor is not contiguous or is a view with another sign, what is
            updated shares memory with something else, or a state is missing or unknown.
        RuntimeError: The tensors are where no kernel can run.
    """
    theta = check_theta(theta)
    read = {"grad": _check_like(theta, "grad", grad, _DTYPES)}
    written = {"theta": theta, **check_state(theta, state, names, on_host, on_device)}
    for name, value in inputs.items():
        read[name] = _check_like(theta, name, value, _DTYPES)
    _check_apart(written, read)


def check_state(
    theta: torch.Tensor,
    state: object,
    names: Mapping[str, bool],
    on_host: Collection[str] = (),
    on_device: Collection[str] = (),
) -> dict[str, torch.Tensor]:
    """Return the states under the names that messages give them; arguments and errors as for `check_tensors`."""
    found = {}
    for name, value in check_names(state, names).items():
        label = f"state[{name!r}]"
        if name in on_host or name in on_device:
            found[label] = _check_number(label, value, _CPU if name in on_host else theta.device)
        else:
            found[label] = _check_like(theta, label, value, (torch.float32,))
    return found


def _check(name: str, value: object, dtypes: tuple[torch.dtype, ...]) -> torch.Tensor:
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{name} must be a torch tensor, got {shown(value)}")
    if value.layout is not torch.strided:
        raise TypeError(f"{name} must be a dense tensor, got {value.layout}")
    if value.dtype not in dtypes:
        allowed = " or ".join(str(d).removeprefix("torch.") for d in dtypes)
        raise TypeError(f"{name} must be {allowed}, got {str(value.dtype).removeprefix('torch.')}")
    if value.is_neg() or value.is_conj():
        raise ValueError(f"{name} is a view of numbers of the other sign, as .conj().imag is: call .resolve_neg()")
    if not value.is_contiguous():
        updated = name == "theta" or name.startswith("state[")  # a copy would be updated in its place, and lost
        fix = "it is updated in place, so it has to be contiguous itself" if updated else f"pass {name}.contiguous()"
        strides = f"shape {tuple(value.shape)} with strides {value.stride()}"
        raise ValueError(f"{name} must be contiguous, got {strides}: {fix}")
    return value


def _check_like(theta: torch.Tensor, name: str, value: object, dtypes: tuple[torch.dtype, ...]) -> torch.Tensor:
    tensor = _check(name, value, dtypes)
    if tensor.shape != theta.shape:
        raise ValueError(f"{name} must have theta's shape {tuple(theta.shape)}, got {tuple(tensor.shape)}")
    if tensor.device != theta.device:
        raise ValueError(f"{name} must be on theta's device {theta.device}, got {tensor.device}")
    return tensor


def _check_apart(written: Mapping[str, torch.Tensor], read: Mapping[str, torch.Tensor]) -> None:
    """Raise where what is written overlaps anything else: programs would race, and one update would be lost."""
    spans = [(t.data_ptr(), t.data_ptr() + t.nbytes, name) for name, t in (*written.items(), *read.items())]
    reach, owner = 0, ""
    for start, end, name in sorted(spans):
        if start < reach and start < end and not (name in read and owner in read):
            raise ValueError(f"{name} and {owner} share memory: what is updated in place needs its own")
        if end > reach:
            reach, owner = end, name


def _check_number(name: str, value: object, device: torch.device) -> torch.Tensor:
    tensor = _check(name, value, (torch.float64,))
    if tensor.shape:
        raise ValueError(f"{name} must be one number, got shape {tuple(tensor.shape)}")
    if tensor.device != device:
        raise ValueError(f"{name} must be on {device}, got {tensor.device}")
    return tensor


def tensors(**values: torch.Tensor | None) -> State:
    """The given tensors by name, without those that are None."""
    return {name: value for name, value in values.items() if value is not None}


def on_device(theta: torch.Tensor) -> AbstractContextManager[object]:
    """Make the GPU that `theta` is on the current one, since Triton launches there; CUDA, ROCm and XPU alike."""
    if theta.device.type == "cpu":
        return nullcontext()
    guard: AbstractContextManager[object] = torch.get_device_module(theta.device).device(theta.device)
    return guard


def touched(theta: torch.Tensor) -> None:
    """Tell autograd that a kernel has written to `theta`."""
    if not theta.is_inference():
        torch.autograd.graph.increment_version(theta)


@triton.jit
def to_dtype(x, pointer):
    """Convert float32 values to what `pointer` points to, rounding to nearest even."""
    dtype: tl.constexpr = pointer.dtype.element_ty
    x = x.to(tl.float32)  # the interpreter widens where a scalar is beyond float32
    if INTERPRET and dtype == tl.bfloat16:  # the interpreter truncates, and loses subnormals
        bits = x.to(tl.uint32, bitcast=True)
        nearest = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
        result = tl.where(x == x, nearest, 0x7FC0).to(tl.uint16).to(tl.bfloat16, bitcast=True)
    else:
        result = x.to(dtype)
    return result


@triton.jit
def everywhere(x, offs):
    """One number as a block of float32."""
    return tl.full(offs.shape, x, tl.float32)


@triton.jit
def keep(x, offs, mask):
    """The values that are inside the tensor, 0 elsewhere; a mask that is None keeps all."""
    block = tl.broadcast_to(x, offs.shape)  # a choice by flags may have left one number
    return block if mask is None else tl.where(mask, block, 0.0)


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
def to_power(x, y):
    """`x ** y` as float64: in float32, the product `y * log2(x)` loses digits that count.

    As in NumPy, a negative number has whole powers only, and `x ** 0` is 1 for every x.
    """
    base, exponent = tl.cast(x, tl.float64), tl.cast(y, tl.float64)
    whole = tl.floor(exponent) == exponent
    odd = whole & (tl.floor(exponent * 0.5) != exponent * 0.5)
    size = tl.exp2(exponent * tl.log2(tl.abs(base)))
    below = tl.where(whole, tl.where(odd, -size, size), float("nan"))
    result = tl.where(base < 0.0, below, size)
    return tl.where(exponent == 0.0, 1.0, tl.where(base == 1.0, 1.0, result))


@triton.jit
def modulo(x, y):
    """The remainder with the sign of the divisor, as in Python and NumPy; `%` gives it that of the dividend."""
    divisor = tl.to_tensor(y)
    remainder = tl.to_tensor(x) % divisor
    return tl.where((remainder != 0.0) & ((remainder < 0.0) != (divisor < 0.0)), remainder + divisor, remainder)


@triton.jit
def largest(x):
    """The largest number of a block; NaN wins, which `tl.max` ignores."""
    nans = tl.sum(tl.where(x == x, 0, 1))
    return tl.where(nans > 0, float("nan"), tl.max(x))


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
    found = tl.zeros((WIDTH,), tl.float32)
    for start in range(0, count, WIDTH):
        offs = start + tl.arange(0, WIDTH)
        found = maximum(found, tl.load(partials_ptr + offs, offs < count, other=0.0))
    return largest(found).to(tl.float64)


@triton.jit
def uniform(seed, step, tensor, offs, DRAW: tl.constexpr):
    """Random numbers from 0 to 1, without 1, of one element each."""
    return _share(_random_bits(seed, step, tensor, offs, DRAW)[0])


@triton.jit
def normal(seed, step, tensor, offs, DRAW: tl.constexpr):
    """Random numbers of the standard normal distribution, by Box and Muller."""
    first, second = _random_bits(seed, step, tensor, offs, DRAW)
    radius = tl.sqrt(-2.0 * tl.log(1.0 - _share(first)))
    return radius * _cosine_of_turns(_share(second))


@triton.jit
def _cosine_of_turns(turns):
    """The cosine of 2 pi times a number from 0 to 1: to the nearest quarter, then Taylor's series to float32's end.

    CUDA's own keeps a stack, for angles so large that reducing them takes more than float32.
    """
    quarter = tl.floor(4.0 * turns + 0.5)
    angle = 1.5707963267948966 * (4.0 * turns - quarter)
    square = angle * angle
    sine = 1.0 + square * (-1 / 6 + square * (1 / 120 + square * (-1 / 5040 + square * (1 / 362880))))
    cosine = 1.0 + square * (-1 / 2 + square * (1 / 24 + square * (-1 / 720 + square * (1 / 40320))))
    sideways = (quarter == 1.0) | (quarter == 3.0)
    size = tl.where(sideways, angle * sine, cosine)
    return tl.where((quarter == 1.0) | (quarter == 2.0), -size, size)


@triton.jit
def _share(bits):
    """24 bits as a number from 0 to 1, which float32 holds exactly."""
    return (bits >> 8).to(tl.int32).to(tl.float32) * 5.960464477539063e-08


@triton.jit
def _random_bits(seed, step, tensor, offs, DRAW: tl.constexpr):
    """Twice 32 random bits of each element: Philox with the seed as key."""
    element = offs.to(tl.int64)
    low = (element & 0xFFFFFFFF).to(tl.uint32)
    high = ((element >> 32) + DRAW * 65536).to(tl.uint32)
    when = low * 0 + (tl.to_tensor(step).to(tl.int64) & 0xFFFFFFFF).to(tl.uint32)
    which = low * 0 + tl.to_tensor(tensor).to(tl.uint32)
    first, second, _, _ = tl.philox(seed, low, high, when, which)
    return first, second
