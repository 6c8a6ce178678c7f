"""Tensors and arrays with a fence of other numbers around them, so that code that leaves them is seen."""

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
        self._holder = "float64" if dtype == "float64" else "float32"
        self.buffer = torch.full((array.size + 2 * width,), mark, dtype=getattr(torch, dtype), device=device)
        self.tensor = self.buffer[width : width + array.size].view(array.shape)
        self.fill(array)

    def fill(self, array: Array) -> None:
        """Set the tensor's values."""
        import torch

        self.tensor.copy_(torch.from_numpy(np.array(array, self._holder)))

    @property
    def values(self) -> Array:
        """A copy of the tensor's values; those of 16 bits in float32, which holds them."""
        tensor = self.tensor.cpu()
        return np.array((tensor if self._holder == "float64" else tensor.float()).numpy())

    @property
    def intact(self) -> bool:
        """Whether the fence stands."""
        around = (self.buffer[: self.width], self.buffer[len(self.buffer) - self.width :])
        return all(bool((side == self.mark).all()) for side in around)


class Buffers:
    """NumPy as code sees it whose arrays are to lie in fences, and to be NaN where nothing has been written."""

    _WIDTH = 64
    _MARK = 976

    def __init__(self) -> None:
        self._all: list[Array] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    def empty(self, shape: Any, dtype: Any = float) -> Array:
        """An array whose numbers are of no use."""
        array = self.zeros(shape, dtype)
        array.fill(np.nan if array.dtype.kind == "f" else self._MARK)
        return array

    def zeros(self, shape: Any, dtype: Any = float) -> Array:
        """An array of zeros."""
        size = int(np.prod(shape))
        whole = np.full(size + 2 * self._WIDTH, self._MARK, dtype)
        self._all.append(whole)
        inside = whole[self._WIDTH : self._WIDTH + size]
        inside.fill(0)
        return inside.reshape(shape)

    def array(self, values: Any, dtype: Any = None) -> Array:
        """An array of some values."""
        given = np.array(values, dtype)
        array = self.zeros(given.shape, given.dtype)
        array[...] = given
        return array

    @property
    def intact(self) -> bool:
        """Whether every fence stands."""
        sides = (whole[part] for whole in self._all for part in (slice(self._WIDTH), slice(-self._WIDTH, None)))
        return all(bool((side == self._MARK).all()) for side in sides)
