"""Checks of the tensors of a step, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from reprlib import repr as shown
from types import MappingProxyType

import torch

from .domain import check_names
from .matrices import line_shape

_CPU = torch.device("cpu")


class TensorChecks:
    """Checks of the tensors of a step; each of them raises before anything is written.

    Args:
        dtypes: That parameters and gradients may have.
        real: The dtype of the states of a parameter of a dtype.
        place: Raises where no code can run on a tensor; takes its name and the tensor.
    """

    def __init__(
        self,
        dtypes: tuple[torch.dtype, ...],
        real: Callable[[torch.dtype], torch.dtype],
        place: Callable[[str, torch.Tensor], None],
    ) -> None:
        self.dtypes, self.real, self.place = dtypes, real, place

    def theta(self, theta: object, name: str = "theta") -> torch.Tensor:
        """Return the parameter.

        Raises:
            TypeError: It is no dense tensor of one of the dtypes.
            ValueError: It is not contiguous.
            RuntimeError: It is where no kernel can run.
        """
        theta = _check_dense(name, theta, self.dtypes)
        self.place(name, theta)
        return theta

    def thetas(self, theta: object) -> list[torch.Tensor]:
        """Return the parameters that are updated together as a list.

        Raises:
            TypeError: They are no list, or one is no dense tensor of one of the dtypes.
            ValueError: There are none, one is not contiguous, or they are on several devices.
            RuntimeError: They are where no kernel can run.
        """
        if not isinstance(theta, list | tuple):
            raise TypeError(f"theta must be a list of tensors, which are updated together, got {shown(theta)}")
        if not theta:
            raise ValueError("theta is an empty list: there is nothing to update")
        found = [self.theta(value, f"theta[{i}]") for i, value in enumerate(theta)]
        for i, value in enumerate(found):
            if value.device != found[0].device:
                raise ValueError(f"theta[{i}] must be on the device {found[0].device} of theta[0], got {value.device}")
        return found

    def tensors(
        self,
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
            theta: Parameter; of one of the dtypes, contiguous, any shape.
            grad: Gradient of the same shape on the same device; of one of the dtypes, contiguous.
            state: State by name, each `real`, of the same shape and device, contiguous.
            names: The states that there are, and whether the flags given want them.
            inputs: Further tensors by name, each as `grad`.
            on_host: The states that are one number for all: 0-d float64 tensors on the CPU.
            on_device: The states that are one number a tensor: 0-d float64 tensors on the device of `theta`.
            lines: The states that have one number for each of the "rows", "cols" or "outputs": `real`, contiguous.

        Raises:
            TypeError: An argument is no dense tensor, or of a dtype that it may not have.
            ValueError: A shape or device differs, a tensor is not contiguous or is a view with another sign, what is
                updated shares memory with something else, or a state is missing or unknown.
            RuntimeError: The tensors are where no kernel can run.
        """
        theta = self.theta(theta)
        read = {"grad": self._like(theta, "grad", grad, self.dtypes)}
        written = {"theta": theta, **self.state(theta, state, names, on_host, on_device, lines)}
        for name, value in inputs.items():
            read[name] = self._like(theta, name, value, self.dtypes)
        _check_apart(written, read)

    def state(
        self,
        theta: torch.Tensor,
        state: object,
        names: Mapping[str, bool],
        on_host: Collection[str] = (),
        on_device: Collection[str] = (),
        lines: Mapping[str, str] = MappingProxyType({}),
    ) -> dict[str, torch.Tensor]:
        """Return the states under the names that messages give them; arguments and errors as for `tensors`."""
        found = {}
        for name, value in check_names(state, names).items():
            label = f"state[{name!r}]"
            if name in on_host or name in on_device:
                found[label] = _check_number(label, value, _CPU if name in on_host else theta.device)
            else:
                real = self.real(theta.dtype)
                found[label] = self._like(theta, label, value, (real,), over=lines.get(name, ""))
        return found

    def tensor_lists(
        self,
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
        """Check the tensors of a step of several parameters: lists of one length, entry by entry as `tensors`.

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
            ValueError: A length, shape or device differs, an entry is not contiguous, what is updated shares memory
                with something else, or a state is missing or unknown.
            RuntimeError: The tensors are where no kernel can run.
        """
        thetas = self.thetas(theta)
        read = {}
        for name, values in (("grad", grad), *inputs.items()):
            for i, value in enumerate(_entries(name, values, len(thetas))):
                read[f"{name}[{i}]"] = self._like(thetas[i], f"{name}[{i}]", value, self.dtypes, f"theta[{i}]")
        written = {f"theta[{i}]": value for i, value in enumerate(thetas)}
        written |= self.state_lists(thetas, state, names, on_host, on_device, each_on_device, lines)
        _check_apart(written, read)

    def state_lists(
        self,
        thetas: list[torch.Tensor],
        state: object,
        names: Mapping[str, bool],
        on_host: Collection[str] = (),
        on_device: Collection[str] = (),
        each_on_device: Collection[str] = (),
        lines: Mapping[str, str] = MappingProxyType({}),
    ) -> dict[str, torch.Tensor]:
        """Return the states under the names that messages give them; arguments and errors as for `tensor_lists`."""
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
                    real = self.real(thetas[i].dtype)
                    found[entry] = self._like(thetas[i], entry, value, (real,), owner, lines.get(name, ""))
        return found

    def _like(
        self,
        theta: torch.Tensor,
        name: str,
        value: object,
        dtypes: tuple[torch.dtype, ...],
        owner: str = "theta",
        over: str = "",
    ) -> torch.Tensor:
        tensor = _check_dense(name, value, dtypes)
        shape, whose = theta.shape, f"{owner}'s shape {tuple(theta.shape)}"
        if over:
            shape = torch.Size(line_shape(theta, over))
            whose = f"shape {tuple(shape)}, a number for each of the {over} of {owner}"
        if tensor.shape != shape:
            raise ValueError(f"{name} must have {whose}, got {tuple(tensor.shape)}")
        if tensor.device != theta.device:
            raise ValueError(f"{name} must be on {owner}'s device {theta.device}, got {tensor.device}")
        return tensor


def _check_dense(name: str, value: object, dtypes: tuple[torch.dtype, ...]) -> torch.Tensor:
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


def _entries(name: str, values: object, count: int) -> Sequence[object]:
    """A list of as many entries as there are parameters."""
    if not isinstance(values, list | tuple):
        raise TypeError(f"{name} must be a list with a tensor for each parameter, got {shown(values)}")
    if len(values) != count:
        raise ValueError(f"{name} has {len(values)} entries for {count} parameters")
    return values


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
    tensor = _check_dense(name, value, (torch.float64,))
    if tensor.shape:
        raise ValueError(f"{name} must be one number, got shape {tuple(tensor.shape)}")
    if tensor.device != device:
        raise ValueError(f"{name} must be on {device}, got {tensor.device}")
    return tensor
