"""Tensors as tables in a GPU's memory, which one launch works on: addresses, sizes, and parts of equal size."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import accumulate
from operator import or_

import numpy as np
import torch
import triton.language as tl
from numpy.typing import NDArray

from .shards import Shard
from .tensor_groups import alike
from .turns import is_captured, staged, upload

BLOCKS = 8
"""Blocks of a part: what one program works on, one after the other."""

NUMEL, FIRST, DIMS, NUMBER, WHOLE, START, SERIES = range(7)
"""Rows of the table: elements, blocks of the tensors before, dimensions, number of the parameter; elements of the whole
where other processes have parts, and the number of the first one here; then addresses."""

DTYPES = {
    torch.float32: tl.float32,
    torch.float16: tl.float16,
    torch.bfloat16: tl.bfloat16,
}
"""How kernels name the dtypes."""


class Batch:
    """Tensors of the same dtypes that one launch works on.

    Args:
        series: For each tensor of the equations a list with one for each parameter, the parameters first, then the
            gradients. None in the place of a list where the flags have no such state.
        scratch: Tensors that carry a value from one pass over memory to a later one.
        block: Elements of a block.
        numbers: Of the parameters; no two draw the same random numbers.
    """

    def __init__(
        self,
        series: Sequence[Sequence[torch.Tensor] | None],
        scratch: int,
        block: int,
        numbers: Sequence[int] = (0,),
    ) -> None:
        thetas, grads = series[0], series[1]
        assert thetas is not None
        assert grads is not None
        self.device, self.count = thetas[0].device, len(thetas)
        self.param, self.data = DTYPES[thetas[0].dtype], DTYPES[grads[0].dtype]
        room = [[torch.empty_like(x, dtype=torch.float32) for x in thetas] for _ in range(scratch)]
        self.of_graphs: list[torch.Tensor] = []
        self.series, self.room = series, room  # the caller takes gradients out of his list behind a step
        sizes = [x.numel() for x in thetas]
        blocks = [-(-size // block) for size in sizes]
        first = [0, *accumulate(blocks)][:-1]
        self.addresses = np.array([self._addresses(tensors) for tensors in (*series, *room)], np.int64)
        self.block, self.blocks, self.numel_of_all = block, sum(blocks), sum(sizes)
        self.shards: list[Shard | None] = [None] * self.count
        self.rows = [sizes, first, [x.dim() for x in thetas], list(numbers), sizes, [0] * self.count]
        self.table = self.whole = self._table(self.rows)
        parts = [(i, part) for i, count in enumerate(blocks) for part in range(-(-count // BLOCKS))]
        self.parts = upload(parts or [(0, 0)], torch.int32, self.device)
        self.programs = len(parts)
        self.lows = [_bits(row) for row in self.addresses]
        self.lasting: dict[int, torch.Tensor] = {}
        self.reserve()
        self.aligned = self._is_aligned()

    @property
    def is_spread(self) -> bool:
        """Whether other processes have parts of some tensors."""
        return any(self.shards)

    def spread(self, shards: Sequence[Shard | None]) -> None:
        """Say which parts of larger tensors they are; None for a whole one."""
        self.shards = list(shards)
        whole = [shard.numel if shard else size for shard, size in zip(shards, self.rows[NUMEL], strict=True)]
        self.rows[WHOLE], self.rows[START] = whole, [shard.start if shard else 0 for shard in shards]
        self.numel_of_all = sum(whole)
        self.table = self._table(self.rows)
        self.whole = self._table([whole, list(range(self.count)), *self.rows[DIMS:]])  # of each tensor, one sum is left

    def move(self, row: int, addresses: NDArray[np.int64]) -> None:
        """Take over other addresses of a series."""
        self.addresses[row], self.lows[row] = addresses, _bits(addresses)
        self.table[SERIES + row].copy_(self._staged(row, addresses), non_blocking=True)
        self.aligned = self._is_aligned()

    def reserve(self) -> None:
        """Memory on the host for addresses that a graph is to copy: while one is captured, there is none to be had."""
        self.reserved = torch.empty(len(self.addresses), self.count, dtype=torch.int64)
        if self.device.type == "cuda":
            self.reserved = self.reserved.pin_memory()
        self.lasting = {}

    def _staged(self, row: int, numbers: NDArray[np.int64]) -> torch.Tensor:
        """Addresses on the host. A graph copies them each time that it runs, so that they have to stay as they are."""
        if not is_captured(self.device):
            if self.lasting:
                self.of_graphs.append(self.reserved)
                self.reserve()
            return staged(numbers, torch.int64, self.device)
        if row in self.lasting:
            text = "a second graph is captured, and no step has been made since the first"
            raise RuntimeError(f"{text}: make one with other gradients in between, or keep gradients where they are")
        self.lasting[row] = self.reserved[row]
        return self.lasting[row].copy_(torch.from_numpy(numbers))

    def _addresses(self, tensors: Sequence[torch.Tensor] | None) -> list[int]:
        """Of the tensors of a series; none has the address 0."""
        return [0] * self.count if tensors is None else list(map(torch.Tensor.data_ptr, tensors))

    def _table(self, rows: Sequence[Sequence[int]]) -> torch.Tensor:
        """What kernels look at."""
        return upload(np.array([*rows, *self.addresses], np.int64), torch.int64, self.device)

    def _is_aligned(self) -> bool:
        """Whether all tensors begin where wide loads may."""
        return reduce(or_, self.lows) % 16 == 0


def _bits(addresses: NDArray[np.int64]) -> int:
    """The bits that any of some addresses has."""
    return int(np.bitwise_or.reduce(addresses))


def batches_of(
    *series: Sequence[torch.Tensor] | None, block: int, scratch: int = 0, first: int = 0, inputs: int = 0
) -> list[Batch]:
    """Batches of tensors in any mixture of dtypes.

    Args:
        series: As `Batch` takes them: parameters, gradients, further inputs, states.
        block: Elements of a block.
        scratch: Tensors that carry a value from one pass over memory to a later one.
        first: Number of the first parameter.
        inputs: How many further inputs there are.
    """
    groups = alike(series, inputs)
    return [Batch(own, scratch, block, [first + place for place in places]) for own, places in groups]
