"""Parameters that one launch updates together, in the hands of what can run on their device."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from .optimizer import FusedOptimizer
    from .shards import Shard

Series = Sequence[Sequence[torch.Tensor] | None]


class Bucket:
    """Parameters of a group that have the same dtypes and have made the same number of steps.

    Args:
        optimizer: Theirs.
        settings: Of the group.
        series: For each tensor of the equations one for each parameter; None where there is none.
        numbers: Of the parameters among all of the optimizer.
        steps: How many steps each has made; on the host.
    """

    name = ""
    """The generated module."""
    joins_shards = False
    """Whether it joins what other processes have of tensors, where sums and random numbers are of the whole."""
    lasts = True
    """Whether the next step can use it again: only gradients may have moved."""

    def __init__(
        self,
        optimizer: FusedOptimizer,
        settings: Mapping[str, Any],
        series: Series,
        numbers: Sequence[int],
        steps: torch.Tensor,
    ) -> None:
        self.optimizer, self.module = optimizer, self.load(optimizer)
        self.steps = steps.numpy()  # the same memory, at less cost for each look at it
        self.prepare(settings, series, numbers)

    @classmethod
    def load(cls, optimizer: FusedOptimizer) -> ModuleType:
        """The generated module; it is imported when it is first needed."""
        return importlib.import_module(f"{optimizer.package}.{cls.name}")

    @property
    def t(self) -> int:
        """The number of the step that comes."""
        return int(self.steps[0]) + 1

    @property
    def in_step(self) -> bool:
        """Whether all have still made the same number of steps."""
        return bool((self.steps == self.steps[0]).all())

    def count(self, t: int) -> None:
        """Count a step that has been made."""
        self.steps[:] = t

    # What devices differ in

    def prepare(self, settings: Mapping[str, Any], series: Series, numbers: Sequence[int]) -> None:
        """Make tables of the tensors."""
        raise NotImplementedError

    def spread(self, shards: Sequence[Shard | None]) -> None:
        """Say which parts of larger tensors they are; None for a whole one."""

    def move(self, addresses: list[int]) -> None:
        """Take over gradients that lie elsewhere."""
        raise NotImplementedError

    def turn(self, settings: Mapping[str, Any], t: int, factor: float) -> Any:
        """What the module is told of the bucket in a step, where gradients are multiplied by a factor."""
        raise NotImplementedError

    @staticmethod
    def run(module: ModuleType, turns: list[Any]) -> None:
        """Make a step of some buckets."""
        raise NotImplementedError

    def release(self) -> None:
        """Let go of gradients behind a step: their memory is the user's."""

    def scalars(self, settings: Mapping[str, Any], t: int, factor: float) -> Any:
        """What is computed once a step; the factor is the last argument of the function."""
        *names, last = _arguments(self.module.scalars)
        given = {**settings, "t": t}
        return self.module.scalars(**{name: given[name] for name in names}, **{last: factor})


class CpuBucket(Bucket):
    """For the CPU: compiled loops."""

    name = "cpu"
    joins_shards = True

    def prepare(self, settings: Mapping[str, Any], series: Series, numbers: Sequence[int]) -> None:
        """Make tables of the tensors, and compile what is run."""
        from . import cpu_step

        self.batch = cpu_step.Batch(self.module.TABLES, series, numbers)
        flags = {name: settings[name] for name in _arguments(self.module.stages)[3:]}
        self.stages = self.module.stages(*self.batch.types, **flags)

    def spread(self, shards: Sequence[Shard | None]) -> None:
        """Say which parts of larger tensors they are."""
        self.batch.spread(shards)

    def move(self, addresses: list[int]) -> None:
        """Take over gradients that lie elsewhere."""
        self.batch.pointers[1] = addresses

    def turn(self, settings: Mapping[str, Any], t: int, factor: float) -> Any:
        """The batch with its stages and scalars."""
        from . import cpu_step

        return cpu_step.Turn(self.batch, self.stages, self.scalars(settings, t, factor), t, settings["seed"])

    @staticmethod
    def run(module: ModuleType, turns: list[Any]) -> None:
        """Run the stages."""
        from . import cpu_step

        cpu_step.run_step(turns)


class KernelBucket(Bucket):
    """For GPUs: Triton kernels that take many tensors."""

    name = "kernel"

    def prepare(self, settings: Mapping[str, Any], series: Series, numbers: Sequence[int]) -> None:
        """Make tables of the tensors, in the GPU's memory."""
        from . import batch

        self.batch = batch.Batch(series, self.module.SCRATCH, self.module.BLOCK, numbers)

    def move(self, addresses: list[int]) -> None:
        """Take over gradients that lie elsewhere."""
        self.batch.move(1, addresses)

    def turn(self, settings: Mapping[str, Any], t: int, factor: float) -> Any:
        """The batch with its flags and scalars."""
        from . import batch

        return batch.Turn(self.batch, settings, self.scalars(settings, t, factor), t, settings["seed"])

    @staticmethod
    def run(module: ModuleType, turns: list[Any]) -> None:
        """Launch the kernels."""
        module.launch(turns)


class LinesBucket(Bucket):
    """For GPUs: Triton kernels that look at the rows and columns of one tensor after the other."""

    name = "kernel"
    lasts = False

    def prepare(self, settings: Mapping[str, Any], series: Series, numbers: Sequence[int]) -> None:
        """Keep the tensors."""
        self.series = list(series)

    def release(self) -> None:
        """Let go of gradients, so that the next step has to look them up."""
        self.series[1] = None

    def turn(self, settings: Mapping[str, Any], t: int, factor: float) -> Any:
        """What a step of each tensor, or of all together, is called with."""
        thetas, grads, *others = self.series
        if factor != 1.0:
            grads = [grad * factor for grad in grads or ()]
        inputs = dict(zip(self.optimizer.inputs, others, strict=False))
        states = dict(zip(self.optimizer.fields, others[len(inputs) :], strict=True))
        given = {name: settings[name] for name in (*self.optimizer.hyper, *self.optimizer.flags)}
        if self.optimizer.together:
            shared = {name for name, field in self.optimizer.fields.items() if field.kind == "shared"}
            kept = {name: x[0] if name in shared else x for name, x in states.items() if x is not None}
            return [((thetas, grads, kept, t), {**given, **inputs})]
        return [
            (
                (theta, grad, {name: x[i] for name, x in states.items() if x is not None}, t),
                {**given, **{name: x[i] for name, x in inputs.items() if x is not None}},
            )
            for i, (theta, grad) in enumerate(zip(thetas or (), grads or (), strict=True))
        ]

    @staticmethod
    def run(module: ModuleType, turns: list[Any]) -> None:
        """Launch the kernels for one tensor after the other."""
        if len(turns) > 1 and hasattr(module, "check_thetas"):
            text = "on a GPU, an optimizer that looks at rows, columns and all parameters together"
            raise NotImplementedError(f"{text} takes one group of parameters of one dtype")
        for arguments, keywords in (call for turn in turns for call in turn):
            module.step_(*arguments, **keywords)


def bucket_class(device: torch.device, *, by_lines: bool, interpreted: bool) -> type[Bucket]:
    """What updates parameters on a device.

    Args:
        device: Where they are.
        by_lines: Whether their rows and columns count.
        interpreted: Whether Triton's interpreter takes those on the CPU.
    """
    if device.type == "cpu" and not interpreted:
        return CpuBucket
    return LinesBucket if by_lines else KernelBucket


def _arguments(function: Any) -> tuple[str, ...]:
    """The names of a function's parameters."""
    names: tuple[str, ...] = function.__code__.co_varnames[: function.__code__.co_argcount]
    return names
