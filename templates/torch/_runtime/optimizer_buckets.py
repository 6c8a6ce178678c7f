"""Parameters that one launch updates together, in the hands of what can run on their device."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch

from .optimizer_alike import equal

if TYPE_CHECKING:
    from .optimizer import FusedOptimizer
    from .optimizer_alike import Addresses
    from .shards import Shard

Series = Sequence[Sequence[torch.Tensor] | None]


class Bucket:
    """Parameters of a group that have the same dtypes and have made the same number of steps.

    Args:
        optimizer: Theirs.
        settings: Of the group.
        series: For each tensor of the equations one for each parameter; None where there is none.
        numbers: Of the parameters among all of the optimizer.
        steps: How many steps each has made, on their device; the states of the parameters are parts of it.
    """

    batch: Any
    """Their tensors, as the module takes them."""
    name = ""
    """The generated module."""
    on_host = False
    """Whether the host counts steps, and knows all numbers."""
    by_tensor = False
    """Whether gradients are handed over as tensors, and at every step."""
    dtypes: tuple[torch.dtype, ...] = (torch.float32, torch.float16, torch.bfloat16)
    """What parameters may be."""
    joins_shards = False
    """Whether it joins what other processes have of tensors, where sums and random numbers are of the whole."""

    def __init__(
        self,
        optimizer: FusedOptimizer,
        settings: Mapping[str, Any],
        series: Series,
        numbers: Sequence[int],
        steps: torch.Tensor,
    ) -> None:
        self.optimizer, self.module, self.steps = optimizer, self.load(optimizer), steps
        assert series[0] is not None
        self.dtype = series[0][0].dtype
        self.prepare(settings, series, numbers)

    @classmethod
    def load(cls, optimizer: FusedOptimizer) -> ModuleType:
        """The generated module; it is imported when it is first needed."""
        return importlib.import_module(f"{optimizer.package}.{cls.name}")

    # What devices differ in

    @property
    def made(self) -> int:
        """How many steps have been made; of a device, this waits for it."""
        return int(self.steps[0])

    @property
    def in_step(self) -> bool:
        """Whether all have still made the same number of steps."""
        raise NotImplementedError

    def begin(self, made: int) -> None:
        """Set how many steps have been made."""
        raise NotImplementedError

    def prepare(self, settings: Mapping[str, Any], series: Series, numbers: Sequence[int]) -> None:
        """Make tables of the tensors."""
        raise NotImplementedError

    def spread(self, shards: Sequence[Shard | None]) -> None:
        """Say which parts of larger tensors they are; None for a whole one."""
        self.batch.spread(shards)

    def move(self, series: int, addresses: Addresses) -> None:
        """Take over gradients, which are series 1, or further tensors, that lie elsewhere."""
        raise NotImplementedError

    def take(self, series: int, tensors: list[torch.Tensor]) -> None:
        """Take over gradients or further tensors at every step, `by_tensor`."""
        raise NotImplementedError

    def turn(self, settings: Mapping[str, Any], scale: Any, found: Any) -> Any:
        """What the module is told of the bucket in a step.

        Args:
            settings: Of the group.
            scale: What the loss was multiplied by, None for nothing.
            found: Not zero where a gradient is not finite; None for never.
        """
        raise NotImplementedError

    @staticmethod
    def run(module: ModuleType, turns: list[Any]) -> None:
        """Make a step of some buckets."""
        raise NotImplementedError

    def count(self) -> None:
        """Count a step that has been made, where its code has not."""

    def release(self) -> None:
        """Let go of gradients, whose memory is the user's."""


class CpuBucket(Bucket):
    """For the CPU: compiled loops."""

    name = "cpu"
    on_host = True
    dtypes = (*Bucket.dtypes, torch.float64)
    joins_shards = True

    def prepare(self, settings: Mapping[str, Any], series: Series, numbers: Sequence[int]) -> None:
        """Make tables of the tensors, and compile what is run."""
        from . import cpu_step

        self.counts = self.steps.numpy()  # the same memory, at less cost for each look at it
        self.begin(int(self.counts[0]))
        self.batch = cpu_step.Batch(self.module.TABLES, series, numbers)
        flags = {name: settings[name] for name in _arguments(self.module.stages)[3:]}
        self.stages = self.module.stages(*self.batch.types, **flags)
        *self.arguments, self.factor = _arguments(self.module.scalars)

    @property
    def made(self) -> int:
        """How many steps have been made."""
        return self._made

    @property
    def in_step(self) -> bool:
        """Whether all have still made the same number of steps, whatever the user has written to the counters."""
        if equal(self.counts, self._counted):
            return True
        made = float(self.counts[0])
        if not (made >= 0 and made.is_integer() and (self.counts == made).all()):
            return False
        self.begin(int(made))
        return True

    def begin(self, made: int) -> None:
        """Set how many steps have been made."""
        self._made = made
        self.counts.fill(made)
        self._counted = self.counts.copy()

    def move(self, series: int, addresses: Addresses) -> None:
        """Take over tensors that lie elsewhere."""
        self.batch.pointers[series] = addresses

    def turn(self, settings: Mapping[str, Any], scale: Any, found: Any) -> Any:
        """The batch with its stages and scalars."""
        t = self._made + 1
        return self.module.Turn(self.batch, self.stages, self._scalars(settings, t, scale), t, settings["seed"])

    def _scalars(self, settings: Mapping[str, Any], t: int, scale: Any) -> Any:
        """What is computed once a step; the factor of gradients is the last argument of the function."""
        factor = 1.0 if scale is None else 1.0 / float(scale)
        given = {**settings, "t": t, self.factor: -factor if settings["maximize"] else factor}
        return self.module.scalars(*[_on_host(given[name]) for name in self.arguments], given[self.factor])

    def count(self) -> None:
        """Count a step that has been made."""
        self.begin(self._made + 1)

    @staticmethod
    def run(module: ModuleType, turns: list[Any]) -> None:
        """Run the stages."""
        module.run_step(turns)


class KernelBucket(Bucket):
    """For GPUs: Triton kernels that take many tensors. Counters and hyper-parameters lie on the device.

    So the host waits for nothing, and a step can be captured in a graph.
    """

    name = "kernel"
    joins_shards = True

    def prepare(self, settings: Mapping[str, Any], series: Series, numbers: Sequence[int]) -> None:
        """Make tables of the tensors, in the GPU's memory."""
        self.batch = self.batch_of(series, numbers)
        self.given = torch.zeros(len(self.module.GIVEN) + 1, dtype=torch.float64, device=self.batch.device)
        self.numbers: list[float] = []
        self.version = self._version()

    def batch_of(self, series: Series, numbers: Sequence[int]) -> Any:
        """The tensors as kernels take them."""
        from . import batch

        return batch.Batch(series, self.module.SCRATCH, self.module.BLOCK, numbers)

    @property
    def in_step(self) -> bool:
        """Whether nobody but kernels has written to the counters."""
        return self._version() == self.version

    def begin(self, made: int) -> None:
        """Set how many steps have been made."""
        self.steps.fill_(made)
        self.version = self._version()

    def _version(self) -> int | None:
        """How often the counters have been written to from outside; of tensors of inference, torch does not know."""
        return None if self.steps.is_inference() else self.steps._version

    def move(self, series: int, addresses: Addresses) -> None:
        """Take over tensors that lie elsewhere."""
        self.batch.move(series, addresses)

    def turn(self, settings: Mapping[str, Any], scale: Any, found: Any) -> Any:
        """The batch with its flags, and where its numbers lie."""
        values = [settings[name] for name in self.module.GIVEN]
        self._give([*values, -1.0 if settings["maximize"] else 1.0])
        return self.module.Turn(self.batch, settings, self.given, self.steps, scale, found, settings["seed"])

    def _give(self, values: Sequence[Any]) -> None:
        """Bring hyper-parameters to the device, as far as they are not there."""
        numbers = [0.0 if isinstance(value, torch.Tensor) else value for value in values]
        if numbers != self.numbers:
            from . import turns

            if turns.is_captured(self.given.device):
                text = "an argument of a group is not what it was in the step before, and a graph is being captured"
                raise RuntimeError(f"{text}: make a step before, and give what changes as a tensor on the device")
            self.given.copy_(turns.staged(numbers, torch.float64, self.given.device), non_blocking=True)
            self.numbers = numbers
        for place, value in enumerate(values):
            if isinstance(value, torch.Tensor):
                self.given[place].copy_(value)

    @staticmethod
    def run(module: ModuleType, turns: list[Any]) -> None:
        """Launch the kernels."""
        module.launch(turns)


class LinesBucket(KernelBucket):
    """For GPUs: Triton kernels that look at the rows and columns of one tensor after the other."""

    by_tensor = True
    joins_shards = False

    def spread(self, shards: Sequence[Shard | None]) -> None:
        """All are whole here: others have been refused."""

    def batch_of(self, series: Series, numbers: Sequence[int]) -> Any:
        """The tensors as kernels take them."""
        from . import tile_batch

        return tile_batch.TileBatch(series, self.module.VIEW, self.module.BLOCK, numbers)

    def take(self, series: int, tensors: list[torch.Tensor]) -> None:
        """Take over gradients or further tensors."""
        self.batch.series[series] = tensors

    def release(self) -> None:
        """Let go of gradients and further tensors, whose memory is the user's."""
        for series in range(1, 2 + len(self.optimizer.inputs)):
            self.batch.series[series] = None


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


def _on_host(value: Any) -> Any:
    """A number, which may lie on a device."""
    return float(value) if isinstance(value, torch.Tensor) else value


def _arguments(function: Any) -> tuple[str, ...]:
    """The names of a function's parameters."""
    names: tuple[str, ...] = function.__code__.co_varnames[: function.__code__.co_argcount]
    return names
