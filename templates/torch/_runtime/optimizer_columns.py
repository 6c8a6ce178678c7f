"""The gradients of a group, or further tensors beside them: looked at in each step, checked where they are others."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter, call, is_
from typing import Any
from weakref import ref

import torch

from .optimizer_shards import all_local, local_tensors

_dtype = attrgetter("dtype")


class Column:
    """One tensor for each parameter of a group, as it was when all was checked.

    Args:
        params: The parameters.
        parts: What is here of them.
        given: Gradients or further tensors, as the user has them.
        taken: The same as compiled code takes them, perhaps copies.
    """

    def __init__(
        self,
        params: Sequence[torch.Tensor],
        parts: Sequence[torch.Tensor],
        given: Sequence[torch.Tensor],
        taken: Sequence[torch.Tensor],
    ) -> None:
        self.params = params
        self.addresses = list(map(torch.Tensor.data_ptr, taken))
        self.objects = list(map(ref, given))
        self.sharded = params is not parts
        self.are_own = self.addresses == list(map(torch.Tensor.data_ptr, all_local(given) if self.sharded else given))
        self.all_contiguous = all(p.is_contiguous() for p in parts)
        self.strides = [] if self.all_contiguous else [p.stride() for p in parts]
        self.sizes, self.dtypes = [x.numel() for x in taken], list(map(_dtype, taken))
        # Only of so few elements is a gradient dense, and of the other sign, by what torch itself makes.
        self.small = [i for i, size in enumerate(self.sizes) if size == 1]

    def fits(self, parts: Sequence[torch.Tensor], given: list[Any]) -> list[torch.Tensor] | None:
        """What is here of other tensors, if they are as those before were; None where all has to be checked again.

        Memory that one gradient has given back may be that of the next one, whatever its dtype and strides. `moved`
        says whether any lies elsewhere.

        Args:
            parts: What is here of the parameters.
            given: A tensor for each of them, or None.
        """
        found = local_tensors(self.params, given) if self.sharded else given
        if found is None or not self.are_own:
            return None
        try:
            addresses = list(map(torch.Tensor.data_ptr, found))  # raises for None, and for a sparse one
        except (TypeError, RuntimeError):
            return None
        if not all(map(is_, given, map(call, self.objects))):
            if not self._is_alike(parts, found, addresses):
                return None
            self.objects = list(map(ref, given))
        self.moved, self.addresses = addresses != self.addresses, addresses
        return found

    def _is_alike(self, parts: Sequence[torch.Tensor], found: list[torch.Tensor], addresses: Sequence[int]) -> bool:
        """Whether tensors are as those before were, and parameters still have their strides."""
        if not self._laid_out(parts) or not self._laid_out(found) or list(map(_dtype, found)) != self.dtypes:
            return False
        if list(map(torch.Tensor.numel, found)) != self.sizes or any(found[i].is_neg() for i in self.small):
            return False
        return all(addresses) or not any(size and not at for size, at in zip(self.sizes, addresses, strict=True))

    def _laid_out(self, tensors: Sequence[torch.Tensor]) -> bool:
        """Whether tensors have the strides that the parameters had."""
        if self.all_contiguous:
            return all(map(torch.Tensor.is_contiguous, tensors))
        return [t.stride() for t in tensors] == self.strides
