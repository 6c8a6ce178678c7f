"""The tensors of a group that take part in a step: found once, and looked at again where anything has moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from operator import is_
from typing import TYPE_CHECKING, Any

import torch

from .optimizer_alike import Addresses, Looks, addresses_of, equal
from .optimizer_checks import check_count, check_gradient, check_param, check_state, counts_of, label
from .optimizer_columns import Column
from .optimizer_shards import all_local, check_sharded, is_sharded, local, part_beside, shards_of
from .optimizer_states import Changes, Field, ParamState, converted, keys_for

if TYPE_CHECKING:
    from .optimizer import FusedOptimizer
    from .optimizer_buckets import Bucket


def flat(tensor: torch.Tensor) -> torch.Tensor:
    """The elements here of a dense tensor as they lie in memory: contiguous, of as many dimensions."""
    detached = local(tensor).detach()
    if detached.is_contiguous():
        return detached
    return detached.as_strided((*(1 for _ in detached.shape[1:]), detached.numel()), (1,) * detached.dim())


def shaped(found: torch.Tensor, param: torch.Tensor) -> torch.Tensor:
    """What was made for the elements of a parameter as they lie in memory, in its shape."""
    return found if param.is_contiguous() else found.as_strided(param.shape, param.stride())


def like(param: torch.Tensor, tensor: torch.Tensor, dtype: torch.dtype | None = None) -> torch.Tensor:
    """A tensor with the strides of a parameter: itself, or a copy.

    Args:
        param: The parameter.
        tensor: Of the same shape.
        dtype: Of the result; None for that of the tensor.
    """
    dtype = dtype or tensor.dtype
    laid_out = tensor.stride() == param.stride() or (tensor.is_contiguous() and param.is_contiguous())
    if laid_out and tensor.dtype == dtype and not tensor.is_neg():
        return tensor.detach()
    return torch.empty_like(param, dtype=dtype, requires_grad=False).copy_(tensor.detach())


class Roster:
    """The parameters of a group that have gradients; making one checks them, and `fill` puts them into buckets.

    Args:
        optimizer: Theirs.
        group: Which.
        settings: Of the group.
        first: Number of its first parameter among all of the optimizer.
        inputs: Further tensors of this step, for all parameters of the optimizer.

    Raises:
        TypeError: A parameter, gradient or state is no dense tensor of numbers that can be computed with.
        ValueError: One has another shape, strides or device than it has to have.
        NotImplementedError: Other processes have parts of a parameter that the equations look at.
    """

    def __init__(
        self,
        optimizer: FusedOptimizer,
        group: dict[str, Any],
        settings: Mapping[str, Any],
        first: int,
        inputs: Mapping[str, Sequence[Any]],
    ) -> None:
        self.optimizer, self.group, self.settings = optimizer, group, dict(settings)
        self.state, self.everyone = optimizer.state, list(group["params"])
        entries = [i for i, p in enumerate(self.everyone) if p.grad is not None]
        self.params = [self.everyone[i] for i in entries]
        self.sharded = any(map(is_sharded, self.params))
        self.parts = all_local(self.params) if self.sharded else self.params
        self.absent = [p for p in self.everyone if p.grad is None]
        self.names = [label(optimizer.param_groups, group, i) for i in entries]
        self.numbers = [first + i for i in entries]
        self.wanted, own = optimizer._wanted(settings), optimizer._own(settings)
        self.keys = [keys_for(param, own) for param in self.params]
        self.buckets: list[Bucket] = []
        self.kept: list[dict[str, Any]] = []
        self.entries: list[Any] = []
        self.data: list[list[torch.Tensor]] = []
        self.borrowed: list[list[Any]] = []
        self.changes = Changes.count
        if not self.params:
            return
        self.device = self.parts[0].device
        self.kind = optimizer._bucket_class(self.device)
        self._check()
        self.given = self._given(inputs)
        self.data = self._data(self.given, ("gradient", *optimizer.inputs))
        self._check_states()

    def _given(self, inputs: Mapping[str, Sequence[Any]]) -> list[list[Any]]:
        """Gradients, and the further tensors of a step, of each parameter."""
        further = [[inputs[name][number] for number in self.numbers] for name in self.optimizer.inputs]
        return [[p.grad for p in self.params], *further]

    def _check(self) -> None:
        """Look at every parameter."""
        by_lines = self.optimizer.by_lines
        for param, part, name in zip(self.params, self.parts, self.names, strict=True):
            check_param(param, name)
            check_sharded(param, name, self.optimizer)
            if part.device != self.device:
                text = f"{name} is on {part.device}, and others of its group on {self.device}"
                raise ValueError(f"{text}: make a group of each device")
            if param.dtype not in self.kind.dtypes:
                text = f"{name} is {param.dtype}, which kernels do not compute in"
                raise TypeError(f"{text}: make it float32, float16 or bfloat16, or keep it on the CPU")
            if by_lines and not part.is_contiguous():
                text = f"{name} is not contiguous (strides {part.stride()}), and its rows and columns count"
                raise ValueError(f"{text}: make it so with .contiguous()")

    def _data(self, columns: list[list[Any]], what: Sequence[str]) -> list[list[torch.Tensor]]:
        """Gradients and further tensors with the strides of the parameters, of one dtype each; copies where need be."""
        found: list[list[torch.Tensor]] = [[] for _ in columns]
        for param, part, name, *tensors in zip(self.params, self.parts, self.names, *columns, strict=True):
            for kind, tensor in zip(what, tensors, strict=True):
                if tensor is None:
                    raise ValueError(f"{kind} of {name} is None, though it has a gradient: give its tensor")
                check_gradient(param, tensor, name, kind)
            common = reduce(torch.promote_types, (tensor.dtype for tensor in tensors))
            for column, tensor in zip(found, tensors, strict=True):
                column.append(like(part, part_beside(param, tensor), common))
        return found

    def _check_states(self) -> None:
        """Look at the states that are there; those of a first step are not made yet."""
        states = [self.state.get(param, {}) for param in self.params]
        for count, name in zip(counts_of(states), self.names, strict=True):
            check_count(count, name)
        for param, name, state, keys in zip(self.params, self.names, states, self.keys, strict=True):
            for f, key in keys.items():
                if key in state:
                    check_state(param, state[key], name, key, f.kind)

    def updated(self) -> Iterator[tuple[torch.Tensor, str]]:
        """What a step writes to, each with what messages call it: parameters, and states that are there."""
        for param, part, name, keys in zip(self.params, self.parts, self.names, self.keys, strict=True):
            yield part, name
            state = self.state.get(param, {})
            yield from ((local(state[key]), f"the state {key!r} of {name}") for key in keys.values() if key in state)

    # Behind all checks

    def fill(self) -> None:
        """Make states that are missing, and the buckets."""
        if not self.params:
            return
        self.kept = [self._prepared(p, keys) for p, keys in zip(self.params, self.keys, strict=True)]
        counts = [float(count) for count in counts_of(self.kept)]
        found: dict[Any, list[int]] = {}
        for i, (param, grad, count) in enumerate(zip(self.params, self.data[0], counts, strict=True)):
            found.setdefault((param.dtype, grad.dtype, count), []).append(i)
        self.places = list(found.values())
        for own in self.places:
            steps = torch.tensor([counts[i] for i in own], dtype=torch.float32, device=self.device)
            for place, i in enumerate(own):
                self.kept[i]["step"] = steps[place]  # a part of the whole, which one addition counts up
            columns: list[list[torch.Tensor] | None] = [[flat(self.parts[i]) for i in own]]
            columns += [[flat(tensors[i]) for i in own] for tensors in self.data]
            columns += self._columns(own)
            numbers = [self.numbers[i] for i in own]
            self.buckets.append(self.kind(self.optimizer, self.settings, columns, numbers, steps))
            if self.sharded:
                self.buckets[-1].spread(shards_of(self.params[i] for i in own))
            self.borrowed.append(columns)
        self._remember()

    def release(self) -> None:
        """Let go of gradients behind a step: their memory is the user's."""
        for columns in self.borrowed:
            columns[1 : 1 + len(self.data)] = [None] * len(self.data)
        self.borrowed, self.data = [], []
        for bucket in self.buckets:
            bucket.release()

    def _prepared(self, param: torch.Tensor, keys: Mapping[Field, str]) -> dict[str, Any]:
        """The states of a parameter as compiled code expects them; those that are missing are made."""
        state = self.state[param]
        if type(state) is not ParamState:
            state = self.state[param] = ParamState(state)
        state.setdefault("step", torch.tensor(0.0, dtype=torch.float32))
        if any(key not in state for key in keys.values()):
            made = self.optimizer._initial(param, self.settings)
            for f, key in keys.items():
                state.setdefault(key, made[f.key])
        for f, key in keys.items():
            value = converted(param, state[key], f.kind)
            if value is not state[key]:
                state[key] = value
        return state

    def _columns(self, entries: Sequence[int]) -> list[list[torch.Tensor] | None]:
        """For each state of the equations a list with that of some parameters; None for one that is switched off."""
        return [
            [flat(self._state(i, f)) for i in entries] if name in self.wanted else None
            for name, f in self.optimizer.fields.items()
        ]

    def _state(self, entry: int, f: Field) -> torch.Tensor:
        """A state of a parameter; where it keeps none, what compiled code may write to."""
        if f.kind == "shared":
            found: torch.Tensor = self.group[f.key]
        elif f in self.keys[entry]:
            found = self.kept[entry][self.keys[entry][f]]
        else:
            found = self.optimizer._initial(self.params[entry], self.settings)[f.key]
        return found

    def _remember(self) -> None:
        """What tells in the next step whether all is as it was."""
        self.addresses, self.alike = addresses_of(self.parts), Looks(self.parts)
        self.columns = [
            Column(self.params, given, taken, sharded=self.sharded)
            for given, taken in zip(self.given, self.data, strict=True)
        ]
        self.given = []
        self.entries = [value for state in self.kept for value in state.values()]
        written = [*self.params, *self.parts] if self.sharded else self.params
        self.versioned = [p for p in written if not p.is_inference()]

    # In the next step

    def fits(
        self,
        state: Any,
        params: list[torch.Tensor],
        settings: Mapping[str, Any],
        inputs: Mapping[str, Sequence[Any]],
    ) -> bool:
        """Whether all is where it was in the last step; gradients and further tensors may have moved."""
        if state is not self.state or len(params) != len(self.everyone) or not all(map(is_, params, self.everyone)):
            return False
        if self.absent and any(p.grad is not None for p in self.absent):
            return False
        if settings is not self.settings and not self._has_flags(settings):
            return False
        for bucket in self.buckets:
            if not bucket.in_step:
                return False
        if not self.params:
            return True
        if self.sharded:
            self.parts = all_local(self.params)
        addresses = self.alike.find(self.parts)
        at_home = addresses is not None and equal(addresses, self.addresses)
        return at_home and self._has_states() and self._has_tensors(inputs)

    def _has_flags(self, settings: Mapping[str, Any]) -> bool:
        """Whether the flags are those of the last step."""
        return all(settings[name] == value for name, value in self.settings.items() if isinstance(value, bool))

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

    def _has_tensors(self, inputs: Mapping[str, Sequence[Any]]) -> bool:
        """Whether there is a gradient of each as the last one was, and all further tensors; they are found again."""
        taken = []
        for column, given in zip(self.columns, self._given(inputs), strict=True):
            found = column.fits(given)
            if found is None:
                return False
            taken.append(found)
        for series, (column, tensors) in enumerate(zip(self.columns, taken, strict=True), start=1):
            if column.moved or self.kind.by_tensor:
                self._take(series, column.addresses, tensors)
        return True

    def _take(self, series: int, addresses: Addresses, tensors: list[torch.Tensor]) -> None:
        """Hand gradients or further tensors to the buckets."""
        for bucket, places in zip(self.buckets, self.places, strict=True):
            if bucket.by_tensor:
                bucket.take(series, [flat(tensors[i]) for i in places])
            else:
                bucket.move(series, addresses if len(self.places) == 1 else addresses[places])
