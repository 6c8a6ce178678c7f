"""Tensors with a fence of other numbers around them, so that a kernel that leaves its tensor is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Number:
    """A state that is one number, in float64; it stands alone.

    Args:
        array: Its value.
        device: Where it lies.
    """

    def __init__(self, array: Array, device: str) -> None:
        import torch

        self.tensor = torch.zeros((), dtype=torch.float64, device=device)
        self.intact = True
        self.fill(array)

    def fill(self, array: Array) -> None:
        """Set the value."""
        self.tensor.fill_(float(array))

    @property
    def values(self) -> Array:
        """The value, as an array without dimensions."""
        return np.asarray(self.tensor.item(), np.float64)


class Fenced:
    """A contiguous tensor in the middle of a larger buffer.

    Args:
        array: Its values, which are rounded to the nearest of its dtype.
        width: Numbers on either side.
        mark: What they are: unlike in every tensor, so that nothing computed from them is itself a mark.
        device: Where the buffer lies.
        dtype: Name of its dtype in torch.
    """

    def __init__(self, array: Array, width: int, mark: float, device: str, dtype: str = "float32") -> None:
        import torch  # only worker processes need it, and it takes a second

        self.width, self.mark = width, mark
        self.buffer = torch.full((array.size + 2 * width,), mark, dtype=getattr(torch, dtype), device=device)
        self.tensor = self.buffer[width : width + array.size].view(array.shape)
        self.fill(array)

    def fill(self, array: Array) -> None:
        """Set the tensor's values."""
        import torch

        self.tensor.copy_(torch.from_numpy(np.array(array, np.float32)))

    @property
    def values(self) -> Array:
        """A copy of the tensor's values, in float32, which holds those of any shorter dtype."""
        return np.array(self.tensor.cpu().float().numpy())

    @property
    def intact(self) -> bool:
        """Whether the fence stands."""
        around = (self.buffer[: self.width], self.buffer[len(self.buffer) - self.width :])
        return all(bool((side == self.mark).all()) for side in around)
