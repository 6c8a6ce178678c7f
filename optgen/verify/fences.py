"""Tensors with a fence of other numbers around them, so that a kernel that leaves its tensor is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class OutsideError(Exception):
    """A kernel touched memory outside of its tensors."""


class Fenced:
    """A one-dimensional tensor in the middle of a larger buffer.

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
        self.buffer = torch.full((len(array) + 2 * width,), mark, dtype=getattr(torch, dtype), device=device)
        self.tensor = self.buffer[width : width + len(array)]
        self.fill(array)

    def fill(self, array: Array) -> None:
        """Set the tensor's values."""
        import torch

        self.tensor.copy_(torch.from_numpy(np.ascontiguousarray(array, np.float32)))

    @property
    def values(self) -> Array:
        """A copy of the tensor's values, in float32, which holds those of any shorter dtype."""
        return np.array(self.tensor.cpu().float().numpy())

    @property
    def intact(self) -> bool:
        """Whether the fence stands."""
        around = (self.buffer[: self.width], self.buffer[len(self.buffer) - self.width :])
        return all(bool((side == self.mark).all()) for side in around)

    @property
    def fence(self) -> list[tuple[int, int]]:
        """Addresses that belong to the fence: first, and behind the last, of each side."""
        start, size = self.buffer.data_ptr(), self.buffer.element_size()
        inside = self.tensor.data_ptr(), self.tensor.data_ptr() + size * len(self.tensor)
        return [(start, inside[0]), (inside[1], start + size * len(self.buffer))]


class Watch:
    """Makes Triton's interpreter as unforgiving as a GPU may be.

    Reading and writing fences is refused: a read outside of a tensor harms nothing here and may be a fault there. Where
    a load is masked off and no other value is given, anything may come there, and zero here: a large number instead
    shows a sum over what is outside of the tensor.

    The interpreter's interface for this is its own; where a release of Triton has another, `active` is False.
    """

    def __init__(self) -> None:
        self.fences: dict[str, list[tuple[int, int]]] = {}
        self.active = False
        try:
            from triton.runtime.interpreter import InterpreterBuilder as Builder

            load, store = Builder.create_masked_load, Builder.create_masked_store
        except (ImportError, AttributeError):
            return
        if getattr(Builder, "_optgen_watch", None) is None:

            def watched_load(builder: Any, ptrs: Any, mask: Any, other: Any, *args: Any, **kwargs: Any) -> Any:
                Builder._optgen_watch.look(ptrs.data, mask.data, "reads")
                result = load(builder, ptrs, mask, other, *args, **kwargs)
                if other is None:
                    spoil(result.data, mask.data)
                return result

            def watched_store(builder: Any, ptrs: Any, value: Any, mask: Any, *args: Any, **kwargs: Any) -> Any:
                Builder._optgen_watch.look(ptrs.data, mask.data, "writes")
                return store(builder, ptrs, value, mask, *args, **kwargs)

            Builder.create_masked_load, Builder.create_masked_store = watched_load, watched_store
        Builder._optgen_watch = self
        self.active = True

    def guard(self, tensors: dict[str, Fenced]) -> None:
        """Watch these tensors, and no others any more."""
        self.fences = {name: tensor.fence for name, tensor in tensors.items()}

    def look(self, addresses: Array, mask: Array, verb: str) -> None:
        """Raise an OutsideError if an address is in a fence."""
        used = addresses[np.broadcast_to(mask, addresses.shape).astype(bool)]
        if not used.size:
            return
        low, high = int(used.min()), int(used.max())
        for name, sides in self.fences.items():
            for start, end in sides:
                if low < end and high >= start and bool(((used >= start) & (used < end)).any()):
                    raise OutsideError(f"{verb} memory outside of {name}")


def spoil(values: Array, mask: Array) -> None:
    """Overwrite what is masked off with a large number."""
    off = ~np.broadcast_to(mask, values.shape).astype(bool)
    if values.dtype.kind == "f" and off.any():
        values[off] = np.finfo(values.dtype).max / 1e8
