"""Checks of the tensors of a step, before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from reprlib import repr as shown
from types import MappingProxyType
from typing import Any

import torch

from .device import INTERPRET
from .domain import check_names
from .tiles import line_shape

State = dict[str, torch.Tensor]
States = dict[str, Any]
"""State of parameters that are updated together: a list with a tensor for each, or one number for all."""

_CPU = torch.device("cpu")
_DTYPES = (torch.float32, torch.float16, torch.bfloat16)


def check_theta(theta: object, name: str = "theta") -> torch.Tensor:
    """Return the parameter.

    Raises:
        TypeError: It is no dense tensor of float32, float16 or bfloat16.
        ValueError: It is not contiguous.
        RuntimeError: It is where no kernel can run.
    """
    theta = _check(name, theta, _DTYPES)
    if theta.device.type == "cpu" and not INTERPRET.value:
        raise RuntimeError(
            f"{name} is on the CPU: Triton needs a GPU tensor, "
            "or TRITON_INTERPRET=1 in the environment before triton is imported"
        )
    return theta


def check_thetas(theta: object) -> list[torch.Tensor]:
    """Return the parameters that are updated together as a list.

    Raises:
        TypeError: They are no list, or one is no dense tensor of float32, float16 or bfloat16.
        ValueError: There are none, one is not contiguous, or they are on several devices.
        RuntimeError: They are where no kernel can run.
    """
    if not isinstance(theta, list | tuple):
        raise TypeError(f"theta must be a list of tensors, which are updated together, got {shown(theta)}")
    if not theta:
        raise ValueError("theta is an empty list: there is nothing to update")
    found = [check_theta(value, f"theta[{i}]") for i, value in enumerate(theta)]
    for i, value in enumerate(found):
        if value.device != found[0].device:
            raise ValueError(f"theta[{i}] must be on the device {found[0].device} of theta[0], got {value.device}")
    return found


def check_tensors(
    theta: object,
    grad: object,
    state: object,
    names: Mapping[str, bool],
    inputs: Mapping[str, object] = MappingProxyType({}),
    on_host: Collection[str] = (),
    on_device: Collection[str] = (),
    lines: Mapping[str, str] = MappingProxyType({}),
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
        lines: The states that have one number for each of the "rows", "cols" or "outputs": float32, contiguous.

    Raises:
        TypeError: An argument is no dense tensor, or of a dtype that it may not have.
        ValueError: A shape or device differs, a tensor is not contiguous or is a view with another sign, what is
            updated shares memory with something else, or a state is missing or unknown.
        RuntimeError: The tensors are where no kernel can run.
    """
    theta = check_theta(theta)
    read = {"grad": _check_like(theta, "grad", grad, _DTYPES)}
    written = {"theta": theta, **check_state(theta, state, names, on_host, on_device, lines)}
    for name, value in inputs.items():
        read[name] = _check_like(theta, name, value, _DTYPES)
    _check_apart(written, read)


def check_state(
    theta: torch.Tensor,
    state: object,
    names: Mapping[str, bool],
    on_host: Collection[str] = (),
    on_device: Collection[str] = (),
    lines: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, torch.Tensor]:
    """Return the states under the names that messages give them; arguments and errors as for `check_tensors`."""
    found = {}
    for name, value in check_names(state, names).items():
        label = f"state[{name!r}]"
        if name in on_host or name in on_device:
            found[label] = _check_number(label, value, _CPU if name in on_host else theta.device)
        else:
            found[label] = _check_like(theta, label, value, (torch.float32,), over=lines.get(name, ""))
    return found


def check_tensor_lists(
    theta: object,
    grad: object,
    state: object,
    names: Mapping[str, bool],
    inputs: Mapping[str, object] = MappingProxyType({}),
    on_host: Collection[str] = (),
    on_device: Collection[str] = (),
    each_on_device: Collection[str] = (),
    lines: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Check the tensors of a step of several parameters: lists of one length, entry by entry as `check_tensors`.

    Args:
        theta: Parameters, on one device.
        grad: Gradients.
        state: State by name, a list each.
        names: The states that there are, and whether the flags given want them.
        inputs: Further lists by name.
        on_host: The states that are one number for all and known before the step: 0-d float64 tensors on the CPU.
        on_device: The states that are one number for all: 0-d float64 tensors on the device of the parameters.
        each_on_device: The states that are one number for each parameter: lists of such tensors.
        lines: The states that have one number for each line of each parameter.

    Raises:
        TypeError: An argument is no list, or an entry no dense tensor, or of a dtype that it may not have.
        ValueError: A length, shape or device differs, an entry is not contiguous, what is updated shares memory with
            something else, or a state is missing or unknown.
        RuntimeError: The tensors are where no kernel can run.
    """
    thetas = check_thetas(theta)
    read = {}
    for name, values in (("grad", grad), *inputs.items()):
        for i, value in enumerate(_entries(name, values, len(thetas))):
            read[f"{name}[{i}]"] = _check_like(thetas[i], f"{name}[{i}]", value, _DTYPES, f"theta[{i}]")
    written = {f"theta[{i}]": value for i, value in enumerate(thetas)}
    written |= check_state_lists(thetas, state, names, on_host, on_device, each_on_device, lines)
    _check_apart(written, read)


def check_state_lists(
    thetas: list[torch.Tensor],
    state: object,
    names: Mapping[str, bool],
    on_host: Collection[str] = (),
    on_device: Collection[str] = (),
    each_on_device: Collection[str] = (),
    lines: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, torch.Tensor]:
    """Return the states under the names that messages give them; arguments and errors as for `check_tensor_lists`."""
    found = {}
    for name, values in check_names(state, names).items():
        label = f"state[{name!r}]"
        if name in on_host or name in on_device:
            found[label] = _check_number(label, values, _CPU if name in on_host else thetas[0].device)
            continue
        for i, value in enumerate(_entries(label, values, len(thetas))):
            entry, owner = f"{label}[{i}]", f"theta[{i}]"
            if name in each_on_device:
                found[entry] = _check_number(entry, value, thetas[i].device)
            else:
                found[entry] = _check_like(thetas[i], entry, value, (torch.float32,), owner, lines.get(name, ""))
    return found


def _entries(name: str, values: object, count: int) -> Sequence[object]:
    """A list of as many entries as there are parameters."""
    if not isinstance(values, list | tuple):
        raise TypeError(f"{name} must be a list with a tensor for each parameter, got {shown(values)}")
    if len(values) != count:
        raise ValueError(f"{name} has {len(values)} entries for {count} parameters")
    return values


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
        updated = name.startswith(("theta", "state["))  # a copy would be updated in its place, and lost
        fix = "it is updated in place, so it has to be contiguous itself" if updated else f"pass {name}.contiguous()"
        strides = f"shape {tuple(value.shape)} with strides {value.stride()}"
        raise ValueError(f"{name} must be contiguous, got {strides}: {fix}")
    return value


def _check_like(
    theta: torch.Tensor,
    name: str,
    value: object,
    dtypes: tuple[torch.dtype, ...],
    owner: str = "theta",
    over: str = "",
) -> torch.Tensor:
    tensor = _check(name, value, dtypes)
    shape, whose = theta.shape, f"{owner}'s shape {tuple(theta.shape)}"
    if over:
        shape = torch.Size(line_shape(theta, over))
        whose = f"shape {tuple(shape)}, a number for each of the {over} of {owner}"
    if tensor.shape != shape:
        raise ValueError(f"{name} must have {whose}, got {tuple(tensor.shape)}")
    if tensor.device != theta.device:
        raise ValueError(f"{name} must be on {owner}'s device {theta.device}, got {tensor.device}")
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
