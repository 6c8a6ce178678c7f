"""A step on the CPU: tensors in batches, and the compiled functions of a step one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
import torch
from numba import types
from numpy.typing import NDArray

from .cpu_memory import BFLOAT16
from .cpu_run import run
from .cpu_work import COLS, MATRICES, NUMEL, ROWS, SLOTS, START, Work, part_table, shape_table
from .matrices import View
from .shards import Shard, of_whole
from .tensor_groups import alike

Array = NDArray[Any]

STORED = {
    torch.float64: types.float64,
    torch.float32: types.float32,
    torch.float16: types.float16,
    torch.bfloat16: BFLOAT16,
}
"""How compiled code names the dtypes."""

_JOIN = {"sum": np.add, "max": np.maximum}  # NaN wins in both


def real_dtype(dtype: torch.dtype) -> torch.dtype:
    """The dtype of the arithmetic and the states of a parameter of a dtype."""
    return torch.float64 if dtype == torch.float64 else torch.float32


@dataclass(frozen=True)
class Tables:
    """What the compiled functions of an optimizer expect.

    Attributes:
        view: How tensors are seen as matrices, if they are.
        scratch: Tensors that carry a value from one pass over memory to a later one.
        sums: Reductions of a pass to one number a tensor, at most.
        values: Numbers that are made of them.
        all_values: Numbers that are made of reductions of all tensors.
        row_sums: Reductions of a pass to a number for each row, at most.
        col_sums: The same for columns.
        row_values: Numbers for each row that are made of them.
        col_values: The same for columns.
    """

    view: View | None = None
    scratch: int = 0
    sums: int = 0
    values: int = 0
    all_values: int = 0
    row_sums: int = 0
    col_sums: int = 0
    row_values: int = 0
    col_values: int = 0


class Batch:
    """Tensors of the same dtypes that one call of a compiled function works on.

    Args:
        tables: What the optimizer expects.
        series: For each tensor of the equations a list with one for each parameter, the parameters first. None in the
            place of a list where the flags have no such state.
        numbers: Of the parameters; no two draw the same random numbers.
    """

    def __init__(
        self, tables: Tables, series: Sequence[Sequence[torch.Tensor] | None], numbers: Sequence[int] = (0,)
    ) -> None:
        thetas = series[0]
        assert thetas is not None
        self.tables, self.count = tables, len(thetas)
        self.real, grads = real_dtype(thetas[0].dtype), series[1]
        assert grads is not None
        self.types = STORED[self.real], STORED[thetas[0].dtype], STORED[grads[0].dtype]
        self.shapes = shape_table(thetas, tables.view)
        self.parts = part_table(self.shapes, by_rows=tables.view is not None)
        self.numel = self.numel_of_all = int(self.shapes[:, NUMEL].sum())
        self.shards: list[Shard | None] = []
        self.firsts = np.searchsorted(self.parts[:, 0], np.arange(self.count))
        self.numbers = np.array(numbers, np.int64)
        self.partials = np.zeros((tables.sums, len(self.parts)))
        self.totals = np.zeros((self.count, tables.sums))
        self.values = np.zeros((self.count, tables.values))
        self.col_sums: list[Array] = []
        self.kept: list[object] = [series]
        self.pointers = np.array([*map(self._addresses, series), *self._buffers()], np.int64)

    def spread(self, shards: Sequence[Shard | None]) -> None:
        """Say which parts of larger tensors they are; None for a whole one."""
        self.shards = list(shards)
        for entry, shard in enumerate(shards):
            if shard is not None:
                self.shapes[entry, [NUMEL, START]] = shard.numel, shard.start
        self.numel_of_all = int(self.shapes[:, NUMEL].sum())

    def _addresses(self, tensors: Sequence[torch.Tensor] | None) -> list[int]:
        """Of the tensors of a series; none has the address 0."""
        return [0] * self.count if tensors is None else list(map(torch.Tensor.data_ptr, tensors))

    def _buffers(self) -> list[list[int]]:
        """Addresses of what a step needs beside the tensors, in the order in which the code expects them."""
        tables, shapes = self.tables, self.shapes
        real = np.float64 if self.real == torch.float64 else np.float32
        rows, cols = shapes[:, MATRICES] * shapes[:, ROWS], shapes[:, MATRICES] * shapes[:, COLS]
        found = [self._empty(shapes[:, 0], real) for _ in range(tables.scratch)]
        for count, sizes, dtype in (
            (tables.row_values, rows, real),
            (tables.col_values, cols, real),
            (tables.row_sums, rows, np.float64),
        ):
            found += [self._empty(sizes * count, dtype)] * bool(count)
        if tables.col_sums:
            self.col_sums = [
                np.zeros((slots, tables.col_sums, size)) for slots, size in zip(shapes[:, SLOTS], cols, strict=True)
            ]
            found.append([sums.ctypes.data for sums in self.col_sums])
        return found

    def _empty(self, sizes: Array, dtype: Any) -> list[int]:
        arrays = [np.empty(size, dtype) for size in sizes]
        self.kept.append(arrays)
        return [array.ctypes.data for array in arrays]


def batches_of(tables: Tables, *series: Sequence[torch.Tensor] | None, first: int = 0, inputs: int = 0) -> list[Batch]:
    """Batches of tensors in any mixture of dtypes.

    Args:
        tables: What the optimizer expects.
        series: As `Batch` takes them: parameters, gradients, further inputs, states.
        first: Number of the first parameter.
        inputs: How many further inputs there are; they are converted to what can hold their gradient, and it them.
    """
    groups = alike(series, inputs)
    return [Batch(tables, own, [first + place for place in places]) for own, places in groups]


class Kind(Enum):
    """What a compiled function is called for."""

    PARTS = "each part of the tensors"
    TENSORS = "each tensor"
    ALL = "all tensors together"


@dataclass(frozen=True)
class Stage:
    """A compiled function of a step.

    Attributes:
        function: Address of it, of `compiled`.
        kind: What it is called for.
        sums: How each of a pass's reductions to one number is joined: "sum" or "max".
        col_sums: The same of those to a number for each column.
    """

    function: int
    kind: Kind
    sums: tuple[str, ...] = ()
    col_sums: tuple[str, ...] = ()

    def run(self, batch: Batch, work: Work) -> None:
        """Call the function for a batch."""
        for sums in batch.col_sums if self.col_sums else ():
            sums.fill(0.0)
        if self.kind is Kind.PARTS:
            run(self.function, len(batch.parts), work, batch.numel)
        else:
            run(self.function, batch.count if self.kind is Kind.TENSORS else 1, work, 0)
        for number, how in enumerate(self.sums):
            batch.totals[:, number] = _JOIN[how].reduceat(batch.partials[number], batch.firsts)
        for number, how in enumerate(self.col_sums):
            for sums in batch.col_sums:
                if len(sums) > 1:
                    sums[0, number] = _JOIN[how].reduce(sums[:, number])


def passes(function: int, sums: tuple[str, ...] = (), col_sums: tuple[str, ...] = ()) -> Stage:
    """A pass over memory; arguments as for `Stage`."""
    return Stage(function, Kind.PARTS, sums, col_sums)


def for_each(function: int) -> Stage:
    """What is computed once a tensor, or for each row or column of it."""
    return Stage(function, Kind.TENSORS)


def for_all(function: int) -> Stage:
    """What is computed once for all tensors."""
    return Stage(function, Kind.ALL)


class Turn(NamedTuple):
    """A batch in a step.

    Attributes:
        batch: The tensors.
        stages: What is run, in order; None has nothing to do.
        scalars: What is computed once a step.
        t: Number of the step.
        seed: Of random numbers.
    """

    batch: Batch
    stages: Sequence[Stage | None]
    scalars: Sequence[float]
    t: int
    seed: int = 0


def run_step(turns: Sequence[Turn]) -> None:
    """Run the stages of a step: each for all batches before the next begins."""
    tables = turns[0].batch.tables
    all_totals, all_values = np.zeros(tables.sums), np.zeros(tables.all_values)
    numel_of_all, spread = 0, False
    for turn in turns:
        numel_of_all += turn.batch.numel_of_all
        spread = spread or bool(turn.batch.shards)
    works = []
    for batch, _, scalars, t, seed in turns:
        given = (seed, t, numel_of_all, np.array(scalars, np.float64))
        sums = (batch.partials, batch.totals, batch.values, all_totals, all_values)
        works.append(Work(batch.parts, batch.shapes, batch.pointers, batch.numbers, *given, *sums))
    for stages in zip(*(turn.stages for turn in turns), strict=True):
        for turn, work, stage in zip(turns, works, stages, strict=True):
            if stage is not None:
                stage.run(turn.batch, work)
            if stage is not None and stage.kind is Kind.ALL:
                break
        if spread:
            _make_whole(turns, stages)
        for place, how in enumerate(stages[0].sums if stages[0] else ()):
            all_totals[place] = _JOIN[how].reduce(np.concatenate([turn.batch.totals[:, place] for turn in turns]))


def _make_whole(turns: Sequence[Turn], stages: Sequence[Stage | None]) -> None:
    """Put together what the parts of tensors have been reduced to, which other processes have."""
    batches = [turn.batch for turn, stage in zip(turns, stages, strict=True) if stage is not None and stage.sums]
    sums = next((stage.sums for stage in stages if stage is not None), ())
    if not batches:
        return
    shards = [shard for batch in batches for shard in batch.shards or [None] * batch.count]
    totals = np.concatenate([batch.totals[:, : len(sums)] for batch in batches])
    found = of_whole(torch.from_numpy(totals).T, shards, sums).T.numpy()
    ends = np.cumsum([batch.count for batch in batches])[:-1]
    for batch, own in zip(batches, np.split(found, ends), strict=True):
        batch.totals[:, : len(sums)] = own
