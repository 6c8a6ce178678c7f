"""Tensors as matrices, and matrices in tiles."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from . import matrices


@dataclass(frozen=True)
class Tiles:
    """Some matrices of one shape behind each other in memory, each cut into tiles.

    Attributes:
        matrices: How many there are.
        rows: Rows of each.
        cols: Columns of each.
        tile_matrices: Matrices of a tile, a power of two: more than one where a tile has room for them.
        tile_rows: Rows of a tile, a power of two.
        tile_cols: Columns of a tile, a power of two.
        block: Elements of a tile at most.
    """

    matrices: int
    rows: int
    cols: int
    tile_matrices: int
    tile_rows: int
    tile_cols: int
    block: int

    @property
    def across(self) -> int:
        """Tiles beside each other."""
        return _turns(self.cols, self.tile_cols)

    @property
    def down(self) -> int:
        """Tiles below each other."""
        return _turns(self.rows, self.tile_rows)

    @property
    def count(self) -> int:
        """All tiles."""
        return _turns(self.matrices, self.tile_matrices) * self.across * self.down

    @property
    def row_count(self) -> int:
        """Rows of all matrices."""
        return self.matrices * self.rows

    @property
    def col_count(self) -> int:
        """Columns of all matrices."""
        return self.matrices * self.cols

    @property
    def row_lanes(self) -> int:
        """How many partial results of a row are added up beside each other; a power of two."""
        return _lanes(self.across, self.block)

    @property
    def col_lanes(self) -> int:
        """How many partial results of a column are added up beside each other; a power of two."""
        return _lanes(self.down, self.block)

    @property
    def row_width(self) -> int:
        """Rows of a program that adds up partial results."""
        return self.block // self.row_lanes

    @property
    def col_width(self) -> int:
        """Columns of a program that adds up partial results."""
        return self.block // self.col_lanes

    @property
    def row_blocks(self) -> int:
        """Programs that have a block each of all rows."""
        return _turns(self.row_count, self.row_width)

    @property
    def col_blocks(self) -> int:
        """Programs that have a block each of all columns."""
        return _turns(self.col_count, self.col_width)

    @property
    def row_blocks_of_each(self) -> int:
        """Programs that have a block each of the rows of one matrix."""
        return self.matrices * _turns(self.rows, self.row_width)

    @property
    def col_blocks_of_each(self) -> int:
        """Programs that have a block each of the columns of one matrix."""
        return self.matrices * _turns(self.cols, self.col_width)


def last_two(theta: torch.Tensor, block: int) -> Tiles:
    """Tiles of the last two dimensions as rows and columns.

    Args:
        theta: A contiguous tensor.
        block: Elements of a tile, a power of two.
    """
    return _cut(*matrices.last_two(theta.shape), block)


def first_by_rest(theta: torch.Tensor, block: int) -> Tiles:
    """Tiles of the first dimension as rows, all others together as columns; arguments as for `last_two`."""
    return _cut(*matrices.first_by_rest(theta.shape), block)


def _cut(count: int, rows: int, cols: int, block: int) -> Tiles:
    """Tiles so wide that loads are, and as high as is left; of a matrix with few rows, wider; else some matrices."""
    high, wide = _power_of_two(rows), _power_of_two(cols)
    tile_cols = min(wide, max(block // 8, block // high, 2))
    tile_rows = min(high, block // tile_cols)
    tile_matrices = min(_power_of_two(count), block // (tile_rows * tile_cols))
    return Tiles(count, rows, cols, tile_matrices, tile_rows, tile_cols, block)


def _turns(count: int, each: int) -> int:
    """How often `each` has to be taken to have them all."""
    return -(-count // each)


def _power_of_two(count: int) -> int:
    """The next one that is not below; 1 for none."""
    return 1 << max(0, count - 1).bit_length()


def _lanes(count: int, block: int) -> int:
    """As many as there are, so that a long column takes few turns; no more than leave lines of 32 bytes."""
    return max(1, min(_power_of_two(count), block // 8))
