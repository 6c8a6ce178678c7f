"""Arrays and tensors seen as matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Protocol


class Shaped(Protocol):
    """An array or tensor."""

    @property
    def shape(self) -> Sequence[int]:
        """Its lengths."""
        ...


View = Callable[[Sequence[int]], tuple[int, int, int]]
"""How a shape is seen as matrices: how many, and the rows and columns of each."""


def last_two(shape: Sequence[int]) -> tuple[int, int, int]:
    """How many matrices there are, and the rows and columns of each: those of the last two dimensions.

    A vector is one row, and so is one number.
    """
    rows, cols = (1, 1, *shape)[-2:]
    return prod(shape[:-2]), rows, cols


def first_by_rest(shape: Sequence[int]) -> tuple[int, int, int]:
    """The same with the first dimension as rows, all others together as columns; each element of a vector is a row."""
    return 1, shape[0] if len(shape) else 1, prod(shape[1:])


def line_shape(x: Shaped, over: str) -> tuple[int, ...]:
    """The shape of an array or tensor with one number for each of the "rows", "cols" or "outputs" of `x`."""
    shape = list(x.shape)
    if over == "outputs":
        return (*shape[:1], *(1 for _ in shape[1:]))
    if over == "rows" and shape:
        shape[-1] = 1
    if over == "cols" and len(shape) > 1:
        shape[-2] = 1
    return tuple(shape)
