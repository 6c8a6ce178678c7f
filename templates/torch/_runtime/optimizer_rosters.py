"""The tensors of a group that take part in a step: found once, and looked at again where anything has moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from operator import is_
from typing import TYPE_CHECKING, Any

import torch

from .optimizer_states import Changes

if TYPE_CHECKING:
    from .optimizer import FusedOptimizer

_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


def label(groups: Sequence[Mapping[str, Any]], group: Mapping[str, Any], number: int) -> str:
    """What messages call a parameter: its name where it has one."""
    if "param_names" in group:
        return f"parameter {group['param_names'][number]!r}"
    place = next(i for i, other in enumerate(groups) if other is group)
    return f"parameter {number}" + (f" of group {place}" if len(groups) > 1 else "")


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
        raise TypeError(f"{name} is {str(param.dtype).removeprefix('torch.')}: parameters have to be {wanted}")
    if param.is_meta:
        raise TypeError(f"{name} is on the meta device, which has no memory: materialize it with to_empty() first")
    if not is_dense(param):
        shape = f"shape {tuple(param.shape)}, strides {param.stride()}"
        raise ValueError(f"{name} has gaps or overlaps in memory ({shape}): make it a parameter with memory of its own")


def check_gradient(param: torch.Tensor, grad: torch.Tensor, name: str, what: str = "gradient") -> None:
    """Raise where the gradient of a parameter, or another tensor beside it, is not like it.

    Raises:
        TypeError: It is sparse, or of no dtype that can be computed with.
        ValueError: It is of another shape or on another device.
    """
    if grad.layout is not torch.strided:
        fix = "use an embedding with sparse=False, or torch.optim.SparseAdam"
        raise TypeError(f"the {what} of {name} is sparse ({grad.layout}): {fix}")
    if grad.dtype not in _FLOATS or (grad.dtype == torch.float64) is not (param.dtype == torch.float64):
        raise TypeError(f"the {what} of {name} is {str(grad.dtype).removeprefix('torch.')}, which does not go with it")
    if grad.shape != param.shape:
        raise ValueError(f"the {what} of {name} has shape {tuple(grad.shape)}, not {tuple(param.shape)}")
    if grad.device != param.device:
        raise ValueError(f"the {what} of {name} is on {grad.device}, not on {param.device}")


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


def flat(tensor: torch.Tensor) -> torch.Tensor:
    """The elements of a dense tensor as they lie in memory; a contiguous one as it is."""
    detached = tensor.detach()
    return detached if detached.is_contiguous() else detached.as_strided((detached.numel(),), (1,))


class Bucket:
    """Parameters of a group that have the same dtypes and have made the same number of steps.

    Args:
        optimizer: Theirs.
        settings: Of the group.
        series: For each tensor of the equations one for each parameter; None where there is none.
        numbers: Of the parameters among all of the optimizer.
        steps: How many steps each has made.
    """

    def __init__(
        self,
        optimizer: FusedOptimizer,
        settings: Mapping[str, Any],
        series: Sequence[Sequence[torch.Tensor] | None],
        numbers: Sequence[int],
        steps: torch.Tensor,
    ) -> None:
        thetas = series[0]
        assert thetas is not None
        from . import cpu_step as runtime

        backend = optimizer._backend(thetas[0].device)
        self.batch = runtime.Batch(backend.TABLES, series, numbers)
        flags = {name: settings[name] for name in _arguments(backend.stages)[3:]}
        self.stages = backend.stages(*self.batch.types, **flags)
        self.scalar_names = _arguments(backend.scalars)
        self.factor_name = self.scalar_names[-1]
        self.steps = steps.numpy()  # the same memory, at less cost for each look at it

    @property
    def t(self) -> int:
        """The number of the step that comes."""
        return int(self.steps[0]) + 1

    @property
    def in_step(self) -> bool:
        """Whether all have still made the same number of steps."""
        return bool((self.steps == self.steps[0]).all())

    def count(self) -> None:
        """Count a step that has been made."""
        self.steps += 1


def _arguments(function: Any) -> tuple[str, ...]:
    """The names of a function's parameters."""
    names: tuple[str, ...] = function.__code__.co_varnames[: function.__code__.co_argcount]
    return names


class Roster:
    """The parameters of a group that have gradients, in buckets.

    Args:
        optimizer: Theirs.
        group: Which.
        settings: Of the group.
        first: Number of its first parameter among all of the optimizer.
        inputs: Further tensors of this step, for all parameters of the optimizer.
    """

    def __init__(
        self,
        optimizer: FusedOptimizer,
        group: dict[str, Any],
        settings: Mapping[str, Any],
        first: int,
        inputs: Mapping[str, Sequence[Any]],
    ) -> None:
        self.state, self.everyone, self.settings = optimizer.state, list(group["params"]), dict(settings)
        entries = [i for i, p in enumerate(self.everyone) if p.grad is not None]
        self.params = [self.everyone[i] for i in entries]
        self.absent = [p for p in self.everyone if p.grad is None]
        self.buckets: list[Bucket] = []
        self.kept: list[dict[str, Any]] = []
        self.entries: list[Any] = []
        self.changes = Changes.count
        self.addresses: list[int] = []
        self.grad_addresses: list[int] = []
        self.count, self.grads_are_own = len(self.state), True
        if not self.params:
            return
        self.device = self.params[0].device
        self.names = [label(optimizer.param_groups, group, i) for i in entries]
        self._check()
        self.numbers = [first + i for i in entries]
        self.grads = self._gradients()
        self.kept = [optimizer._prepared(p, group, settings, n) for p, n in zip(self.params, self.names, strict=True)]
        self.more = [self._inputs(name, [inputs[name][n] for n in self.numbers]) for name in optimizer.inputs]
        self._fill_buckets(optimizer, group, settings)
        self.count = len(self.state)
        self.addresses = list(map(torch.Tensor.data_ptr, self.params))
        self.grad_addresses = list(map(torch.Tensor.data_ptr, self.grads))
        self.grads_are_own = self.grad_addresses == [p.grad.data_ptr() for p in self.params if p.grad is not None]
        self.all_contiguous = all(p.is_contiguous() for p in self.params)
        self.sizes, self.dtypes = [g.numel() for g in self.grads], [g.dtype for g in self.grads]
        self.entries = [value for state in self.kept for value in state.values()]
        self.changes = Changes.count

    def _check(self) -> None:
        """Look at every parameter and gradient, before anything is written."""
        spans = []
        for param, name in zip(self.params, self.names, strict=True):
            check_param(param, name)
            if param.device != self.device:
                text = f"{name} is on {param.device}, and others of its group on {self.device}"
                raise ValueError(f"{text}: make a group of each device")
            check_gradient(param, param.grad, name)
            if param.numel():
                spans.append((param.data_ptr(), param.data_ptr() + param.nbytes, name))
        spans.sort()
        for (_, end, before), (start, _, name) in pairwise(spans):
            if start < end:
                raise ValueError(f"{before} and {name} share memory: give the optimizer one of them")

    def _gradients(self) -> list[torch.Tensor]:
        """The gradients, with the strides of their parameters; a copy where they have others."""
        return [like(p, p.grad) for p in self.params]

    def _inputs(self, name: str, tensors: list[torch.Tensor | None]) -> list[torch.Tensor]:
        found = []
        for param, tensor, whose in zip(self.params, tensors, self.names, strict=True):
            if tensor is None:
                raise ValueError(f"{name} of {whose} is None, though it has a gradient")
            check_gradient(param, tensor, whose, name)
            found.append(like(param, tensor))
        return found

    def _fill_buckets(self, optimizer: FusedOptimizer, group: dict[str, Any], settings: Mapping[str, Any]) -> None:
        found: dict[Any, list[int]] = {}
        for i, (param, grad, state) in enumerate(zip(self.params, self.grads, self.kept, strict=True)):
            found.setdefault((param.dtype, grad.dtype, float(state["step"])), []).append(i)
        self.places = list(found.values())
        for own in self.places:
            steps = torch.tensor([float(self.kept[i]["step"]) for i in own])
            for place, i in enumerate(own):
                self.kept[i]["step"] = steps[place]  # a part of the whole, which one addition counts up
            columns: list[list[torch.Tensor] | None] = [[flat(self.params[i]) for i in own]]
            columns += [[flat(tensors[i]) for i in own] for tensors in (self.grads, *self.more)]
            columns += optimizer._columns([self.kept[i] for i in own], group, settings)
            self.buckets.append(Bucket(optimizer, settings, columns, [self.numbers[i] for i in own], steps))

    def fits(self, state: Any, params: list[torch.Tensor], settings: Mapping[str, Any]) -> bool:
        """Whether all is where it was in the last step; gradients may have moved."""
        if state is not self.state or len(state) != self.count or len(params) != len(self.everyone):
            return False
        if self.absent or not self.params:
            if not all(map(is_, params, self.everyone)) or any(p.grad is not None for p in self.absent):
                return False
            params = self.params
        flags = all(settings[name] == value for name, value in self.settings.items() if isinstance(value, bool))
        if not flags or not all(bucket.in_step for bucket in self.buckets):
            return False
        # A parameter that has taken the place of another lies elsewhere.
        at_home = list(map(torch.Tensor.data_ptr, params)) == self.addresses
        return at_home and self._has_states() and self._has_gradients(params)

    def _has_states(self) -> bool:
        """Whether the states are the tensors that they were."""
        if Changes.count == self.changes:
            return True
        if not all(self.state.get(p) is kept for p, kept in zip(self.params, self.kept, strict=True)):
            return False
        if sum(map(len, self.kept)) != len(self.entries):
            return False
        if not all(map(is_, chain.from_iterable(map(dict.values, self.kept)), self.entries)):
            return False
        self.changes = Changes.count
        return True

    def _has_gradients(self, params: list[torch.Tensor]) -> bool:
        """Whether there is a gradient of each, of the dtype that it had; those that have moved are found again."""
        try:
            grads: list[Any] = [p.grad for p in params]
            addresses = list(map(torch.Tensor.data_ptr, grads))  # raises for None, and for a sparse one
        except (TypeError, RuntimeError):
            return False
        return self.grads_are_own and (addresses == self.grad_addresses or self._move(grads, addresses))

    def _move(self, grads: list[Any], addresses: list[int]) -> bool:
        """Take over gradients that lie elsewhere; false where they are not as the last ones were."""
        if self.all_contiguous:
            if not all(map(torch.Tensor.is_contiguous, grads)):
                return False
        elif [g.stride() for g in grads] != [p.stride() for p in self.params]:
            return False
        if list(map(torch.Tensor.numel, grads)) != self.sizes or [g.dtype for g in grads] != self.dtypes:
            return False
        for bucket, own in zip(self.buckets, self.places, strict=True):
            bucket.batch.pointers[1] = addresses if len(self.places) == 1 else [addresses[i] for i in own]
        self.grad_addresses = addresses
        return True


def like(param: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    """A tensor with the strides of a parameter: itself, or a copy."""
    if tensor.stride() == param.stride() or (tensor.is_contiguous() and param.is_contiguous()):
        return tensor.detach()
    return torch.empty_like(param, dtype=tensor.dtype).copy_(tensor)
