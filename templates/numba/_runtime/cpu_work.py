"""Tensors as tables of numbers, which compiled code works on: addresses, shapes, and parts of equal size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from .matrices import View

Array = NDArray[Any]

PART = 1 << 16
"""Elements of a part: what one turn of a loop on one core works on."""

NUMEL, MATRICES, ROWS, COLS, DIMS, SLOTS, START = range(7)
"""Columns of the table of shapes; slots are how many sums of each column are kept beside each other.

Of a part of a larger tensor, the elements are those of the whole, and the start is the number of the first one here.
"""


class Work(NamedTuple):
    """What compiled code is given, whatever it is for.

    Attributes:
        parts: int64 (parts, 3): the tensor of each part, its first element and the one behind its last. Of matrices,
            its first row and the one behind its last, counted through all matrices.
        shapes: int64 (tensors, 7), as `NUMEL` and its neighbours say.
        pointers: int64 (series and buffers, tensors): addresses.
        numbers: int64 (tensors,): of the parameters, so that no two draw the same random numbers.
        seed: Of random numbers.
        step: Number of the step.
        numel_of_all: Elements of all tensors together.
        scalars: float64: what is computed once a step.
        partials: float64 (reductions, parts): what the elements of each part are reduced to.
        totals: float64 (tensors, reductions): the same of each tensor.
        values: float64 (tensors, values): what is made of them.
        all_totals: float64 (reductions,): what the elements of all tensors are reduced to.
        all_values: float64 (values,): what is made of them.
    """

    parts: Array
    shapes: Array
    pointers: Array
    numbers: Array
    seed: int
    step: int
    numel_of_all: int
    scalars: Array
    partials: Array
    totals: Array
    values: Array
    all_totals: Array
    all_values: Array


def shape_table(thetas: Sequence[torch.Tensor], view: View | None) -> Array:
    """A row of `Work.shapes` for each tensor."""
    table = np.empty((len(thetas), 7), np.int64)
    for entry, theta in enumerate(thetas):
        matrices, rows, cols = (1, 1, theta.numel()) if view is None else view(tuple(theta.shape))
        each = max(1, min(rows, PART // max(1, cols)))
        table[entry] = theta.numel(), matrices, rows, cols, theta.dim(), max(1, -(-rows // each)), 0
    return table


def part_table(shapes: Array, *, by_rows: bool) -> Array:
    """The parts of all tensors in order; one that has no elements has one part all the same.

    A part of matrices has whole matrices, or rows of one.
    """
    found: list[tuple[int, int, int]] = []
    for entry, (numel, matrices, rows, cols, *_) in enumerate(shapes.tolist()):
        if not by_rows:
            found += [(entry, first, min(numel, first + PART)) for first in range(0, numel, PART)]
        elif numel:
            each = max(1, min(rows, PART // max(1, cols)))
            if each == rows:
                each *= max(1, PART // (rows * cols))
                found += [(entry, a, min(matrices * rows, a + each)) for a in range(0, matrices * rows, each)]
            else:
                starts = [m * rows + a for m in range(matrices) for a in range(0, rows, each)]
                ends = [min(a + each, (a // rows + 1) * rows) for a in starts]
                found += [(entry, a, b) for a, b in zip(starts, ends, strict=True)]
        if not numel:  # rows of no elements have sums all the same
            found.append((entry, 0, matrices * rows if by_rows else 0))
    return np.array(found, np.int64).reshape(-1, 3)
