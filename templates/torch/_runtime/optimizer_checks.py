"""Checks of parameters, gradients and states, before anything is written; messages call a parameter by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from reprlib import repr as shown
from typing import Any

import torch

from .matrices import line_shape
from .optimizer_shards import check_beside, is_sharded, local

_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


def label(groups: Sequence[Mapping[str, Any]], group: Mapping[str, Any], number: int) -> str:
    """What messages call a parameter: its name where it has one."""
    if "param_names" in group:
        return f"parameter {group['param_names'][number]!r}"
    place = next(i for i, other in enumerate(groups) if other is group)
    return f"parameter {number}" + (f" of group {place}" if len(groups) > 1 else "")


def state_dtype(param: torch.Tensor) -> torch.dtype:
    """The dtype of the states of a parameter, and of the arithmetic."""
    return torch.float64 if param.dtype == torch.float64 else torch.float32


def check_param(param: torch.Tensor, name: str) -> None:
    """Raise where a tensor is none that can be updated.

    Raises:
        TypeError: It is sparse, complex, of whole numbers, or has no memory.
        ValueError: Its elements do not lie behind each other in memory.
    """
    if param.layout is not torch.strided:
        raise TypeError(f"{name} is sparse ({param.layout}): only dense parameters can be updated")
    if param.dtype not in _FLOATS:
        wanted = "float32, float64, float16 or bfloat16"
        raise TypeError(f"{name} is {_word(param.dtype)}: parameters have to be {wanted}")
    if param.is_meta:
        raise TypeError(f"{name} is on the meta device, which has no memory: materialize it with to_empty() first")
    here = local(param)
    if not has_memory(here):
        raise TypeError(f"{name} has no memory of its own ({type(param).__name__}): give the optimizer plain tensors")
    if here.is_neg():
        raise TypeError(f"{name} is a view of numbers of the other sign, as .conj().imag is: call .resolve_neg()")
    if not is_dense(here):
        shape = f"shape {tuple(here.shape)}, strides {here.stride()}"
        raise ValueError(f"{name} has gaps or overlaps in memory ({shape}): make it a parameter with memory of its own")


def check_gradient(param: torch.Tensor, grad: object, name: str, what: str = "gradient") -> torch.Tensor:
    """The gradient of a parameter, or another tensor beside it.

    Raises:
        TypeError: It is no tensor, sparse, without memory, or of no dtype that can be computed with.
        ValueError: It is of another shape or on another device.
    """
    if not isinstance(grad, torch.Tensor):
        raise TypeError(f"the {what} of {name} must be a tensor, got {shown(grad)}")
    if grad.layout is not torch.strided:
        fix = "use an embedding with sparse=False, or torch.optim.SparseAdam"
        raise TypeError(f"the {what} of {name} is sparse ({grad.layout}): {fix}")
    if grad.dtype not in _FLOATS or (grad.dtype == torch.float64) is not (param.dtype == torch.float64):
        text = f"the {what} of {name} is {_word(grad.dtype)}, and the parameter {_word(param.dtype)}"
        raise TypeError(f"{text}: convert it with .to({param.dtype})")
    if grad.shape != param.shape:
        raise ValueError(f"the {what} of {name} has shape {tuple(grad.shape)}, not {tuple(param.shape)}")
    if grad.device != param.device:
        fix = f"move it with .to({str(param.device)!r})"
        raise ValueError(f"the {what} of {name} is on {grad.device}, and the parameter on {param.device}: {fix}")
    check_beside(param, grad, f"the {what} of {name}")
    if not has_memory(local(grad)):
        raise TypeError(f"the {what} of {name} has no memory ({type(grad).__name__}): it has to be a plain tensor")
    return grad


def check_state(param: torch.Tensor, value: object, name: str, key: str, kind: str) -> None:
    """Raise where what stands in the place of a state cannot be one; dtype, device and strides can be changed.

    Args:
        param: The parameter.
        value: What its state holds.
        name: What messages call the parameter.
        key: Name of the state in checkpoints.
        kind: As of `Field`.

    Raises:
        TypeError: It is no dense tensor of numbers.
        ValueError: It is of another shape.
    """
    if not isinstance(value, torch.Tensor) or value.layout is not torch.strided or value.is_meta or value.is_complex():
        raise TypeError(f"the state {key!r} of {name} must be a dense tensor of numbers, got {shown(value)}")
    if kind != "elements" and is_sharded(value):
        raise TypeError(f"the state {key!r} of {name} must be a plain tensor, not a DTensor")
    if not has_memory(local(value)):
        raise TypeError(f"the state {key!r} of {name} has no memory ({type(value).__name__})")
    wanted = state_shape(param, kind)
    if value.shape != wanted and not (kind == "number" and value.numel() == 1):
        raise ValueError(f"the state {key!r} of {name} has shape {tuple(value.shape)}, not {tuple(wanted)}")
    if kind == "elements":
        check_beside(param, value, f"the state {key!r} of {name}")


def state_shape(param: torch.Tensor, kind: str) -> torch.Size:
    """The shape of a state; kinds are those of `Field`."""
    if kind == "elements":
        return param.shape
    return torch.Size(line_shape(param, kind) if kind in ("rows", "cols", "outputs") else ())


def check_count(step: object, name: str) -> float:
    """How many steps a parameter has made, as its state says.

    Raises:
        TypeError: It is no number.
        ValueError: It is no number of steps.
    """
    try:
        count = float(step)  # type: ignore[arg-type]  # anything may stand in a state
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"the state 'step' of {name} must be a number, got {shown(step)}") from None
    if not (count >= 0 and count.is_integer()):
        raise ValueError(f"the state 'step' of {name} counts steps, got {count}")
    return count


def counts_of(states: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What states say of how many steps have been made; what lies on a device is fetched at once.

    Waiting for one after the other of a thousand numbers would take longer than many steps.
    """
    found = [state.get("step", 0.0) for state in states]
    far = [i for i, x in enumerate(found) if isinstance(x, torch.Tensor) and not x.is_cpu and x.numel() == 1]
    if far:
        fetched = torch.stack([found[i].detach().reshape(()).double() for i in far]).tolist()
        for i, count in zip(far, fetched, strict=True):
            found[i] = count
    return found


def check_apart(tensors: Iterable[tuple[torch.Tensor, str]]) -> None:
    """Raise a ValueError where two of the tensors that are updated share memory.

    Args:
        tensors: Each with what messages call it.
    """
    spans = sorted((t.data_ptr(), t.data_ptr() + t.nbytes, name) for t, name in tensors if t.numel())
    for (_, end, before), (start, _, name) in pairwise(spans):
        if start < end:
            raise ValueError(f"{before} and {name} share memory: give the optimizer one of them, or each its own")


def check_one_device(devices: Sequence[torch.device]) -> None:
    """Raise a ValueError where groups are on several devices, and the update of a parameter depends on all of them."""
    for device in devices[1:]:
        if device != devices[0]:
            text = f"one group is on {devices[0]}, another on {device}, and the update of each parameter depends on all"
            raise ValueError(f"{text}: keep them on one device")


def has_memory(tensor: torch.Tensor) -> bool:
    """Whether the elements, if there are any, lie anywhere."""
    return not tensor.numel() or bool(tensor.data_ptr())


def is_dense(tensor: torch.Tensor) -> bool:
    """Whether the elements lie behind each other in memory, in whatever order."""
    if tensor.is_contiguous():
        return True
    reach = 1
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size > 1 and stride != reach:
            return False
        reach *= size
    return True


def _word(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
