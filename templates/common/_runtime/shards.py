"""Tensors that several processes have parts of, and numbers that are made of all their elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import zip_longest
from typing import Any

import torch.distributed

_JOIN: dict[str, Callable[[torch.Tensor, torch.Tensor], torch.Tensor]] = {"sum": torch.add, "max": torch.maximum}
"""How what the parts of a tensor are reduced to is put together; NaN wins in both."""


@dataclass(frozen=True)
class Shard:
    """The part that this process has of a tensor.

    Attributes:
        numel: Elements of the whole tensor.
        start: Number of the first element here, among those of the whole, where they lie behind each other there.
        groups: The groups of processes, of torch.distributed, that have the parts. Where there are several, a process
            of one stands for what all of those before have together.
        device: Type of the devices that the groups exchange numbers of.
    """

    numel: int
    start: int
    groups: tuple[Any, ...]
    device: str


def of_whole(totals: torch.Tensor, shards: Sequence[Shard | None], how: Sequence[str]) -> torch.Tensor:
    """What whole tensors are reduced to: the same bits in all processes.

    Every process has to call it for the same tensors, also where its parts have no elements. Numbers are gathered and
    joined in the order of the processes, since it depends on the network in which order it would add them up.

    Args:
        totals: float64 (reductions, tensors): what the parts here are reduced to.
        shards: Which parts they are; None for a whole tensor.
        how: How each reduction is joined: "sum" or "max".

    Returns:
        float64 (reductions, tensors), on the device of `totals`.
    """
    found = totals
    for level in zip_longest(*(shard.groups if shard else () for shard in shards)):
        for group in dict.fromkeys(group for group in level if group is not None):
            entries = [i for i, other in enumerate(level) if other is group]
            shard = shards[entries[0]]
            assert shard is not None
            if len(entries) == len(shards):
                found = _joined(found, group, shard.device, how)
                continue
            joined = _joined(torch.stack([found[:, i] for i in entries], 1), group, shard.device, how)
            found = found.clone()
            for place, i in enumerate(entries):
                found[:, i] = joined[:, place]
    return found


def _joined(totals: torch.Tensor, group: Any, device: str, how: Sequence[str]) -> torch.Tensor:
    """What all processes of a group have of some tensors, put together."""
    own = totals.contiguous().to(device)
    parts = [torch.empty_like(own) for _ in range(torch.distributed.get_world_size(group))]
    torch.distributed.all_gather(parts, own, group=group)
    rows = [reduce(_JOIN[name], (part[place] for part in parts)) for place, name in enumerate(how)]
    return torch.stack(rows).to(totals.device)
