"""What is left of tensors that several processes have parts of, between a pass over memory and what uses it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import torch

from .device import total_kernel
from .shards import of_whole
from .turns import Turn

_ONE = 1 << 40
"""Elements of a block so large that any tensor has one."""


class Partials(NamedTuple):
    """What blocks have been reduced to.

    Attributes:
        numbers: (reductions, blocks of all batches), one row behind the other.
        firsts: Number of the first block of each batch, and how many there are.
        block: Elements of a block.
    """

    numbers: torch.Tensor
    firsts: list[int]
    block: int


def joined(turns: Sequence[Turn], own: Partials, how: Sequence[str]) -> Partials:
    """What blocks have been reduced to; where other processes have parts of tensors, one number for each whole tensor.

    Args:
        turns: The batches.
        own: What the blocks here have been reduced to.
        how: How each reduction is joined: "sum" or "max".
    """
    if not any(turn.batch.is_spread for turn in turns):
        return own
    firsts = [0, *accumulate(turn.batch.count for turn in turns)]
    totals = torch.empty(len(how), firsts[-1], dtype=torch.float64, device=own.numbers.device)
    for place, turn in enumerate(turns):
        batch = turn.batch
        for row, name in enumerate(how):
            total_kernel[(batch.count,)](
                batch.table,
                own.numbers[own.firsts[place] :],
                totals.view(-1)[firsts[place] :],
                batch.count,
                own.firsts[-1],
                firsts[-1],
                row,
                MAX=name == "max",
                BLOCK=own.block,
                WIDTH=1024,
            )
    shards = [shard for turn in turns for shard in turn.batch.shards]
    return Partials(of_whole(totals, shards, how).reshape(-1), firsts, _ONE)
