"""Tensors that kernels see as matrices in tiles, launched for one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch

from .tiles import Tiles
from .turns import Turn

Cut = Callable[[torch.Tensor, int], Tiles]
"""How a tensor is seen as matrices, and these are cut into tiles of so many elements."""


class Entry(NamedTuple):
    """A parameter, its gradient and states.

    Attributes:
        tensors: Those of the equations, the parameter first; None for a state that the flags do not have.
        tiles: Of the parameter.
        number: Of the parameter; no two draw the same random numbers.
        scalars: float64: what is computed once a step.
        flags: The flags of its group.
        seed: Of random numbers.
    """

    tensors: tuple[torch.Tensor | None, ...]
    tiles: Tiles
    number: int
    scalars: torch.Tensor
    flags: Mapping[str, bool]
    seed: int

    @property
    def numel(self) -> int:
        """Elements of the parameter."""
        return self._param.numel()

    @property
    def dims(self) -> int:
        """Dimensions of the parameter."""
        return self._param.dim()

    @property
    def _param(self) -> torch.Tensor:
        assert self.tensors[0] is not None
        return self.tensors[0]


class TileBatch:
    """Tensors of a step, in any mixture of dtypes.

    Args:
        series: For each tensor of the equations a list with one for each parameter, the parameters first, then the
            gradients. None in the place of a list where the flags have no such state.
        view: How a tensor is cut into tiles.
        block: Elements of a tile.
        numbers: Of the parameters.
    """

    def __init__(
        self, series: Sequence[Sequence[torch.Tensor] | None], view: Cut, block: int, numbers: Sequence[int] = (0,)
    ) -> None:
        self.series, self.numbers = list(series), list(numbers)
        self.device = self.thetas[0].device
        self.tiles = [view(theta, block) for theta in self.thetas]

    @property
    def thetas(self) -> Sequence[torch.Tensor]:
        """The parameters."""
        assert self.series[0] is not None
        return self.series[0]

    def entries(self, turn: Turn, scalars: torch.Tensor) -> list[Entry]:
        """Each parameter with what belongs to it."""
        none: list[torch.Tensor | None] = [None] * len(self.tiles)
        columns = [none if tensors is None else tensors for tensors in self.series]
        return [
            Entry(tensors, tiles, number, scalars, turn.flags, turn.seed)
            for tensors, tiles, number in zip(zip(*columns, strict=True), self.tiles, self.numbers, strict=True)
        ]


def entries_of(turns: Sequence[Turn], scalars: Sequence[torch.Tensor]) -> list[Entry]:
    """The parameters of all batches.

    Args:
        turns: The batches.
        scalars: Of each.
    """
    return [entry for turn, own in zip(turns, scalars, strict=True) for entry in turn.batch.entries(turn, own)]


def tile_batches_of(
    *series: Sequence[torch.Tensor] | None, view: Cut, block: int, first: int = 0, inputs: int = 0
) -> list[TileBatch]:
    """The batch of some tensors; arguments as for `batches_of` and `TileBatch`."""
    del inputs  # each tensor is read as it is
    count = len(series[0] or ())
    return [TileBatch(series, view, block, range(first, first + count))]
