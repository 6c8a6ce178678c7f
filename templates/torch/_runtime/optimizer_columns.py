"""The gradients of a group, or further tensors beside them: looked at in each step, checked where they are others."""

from __future__ import annotations

from collections.abc import Sequence
from operator import call, is_
from typing import Any
from weakref import ref

import numpy as np
import torch

from .optimizer_alike import addresses_of, equal, guards_of
from .optimizer_shards import all_local, local_tensors


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
        self.sharded = params is not parts
        here = all_local(given) if self.sharded else given
        self.alike, self.objects = guards_of(here), list(map(ref, given))
        self.addresses = addresses_of(taken)
        self.are_own = equal(self.addresses, addresses_of(here))
        self.empty = np.array([not x.numel() for x in taken])
        self.moved = self.others = False

    def fits(self, given: list[Any]) -> list[torch.Tensor] | None:
        """What is here of other tensors, if they are as those before were; None where all has to be checked again.

        Memory that one gradient has given back may be that of the next one, whatever its dtype and strides. `moved`
        says whether any lies elsewhere, and `others` whether any is another tensor, or lies elsewhere.

        Args:
            given: A tensor for each of the parameters, or None.
        """
        found = local_tensors(self.params, given) if self.sharded else given
        if found is None or not self.are_own:
            return None
        others = not all(map(is_, given, map(call, self.objects)))
        if others and not self.alike.check(*found):
            return None
        try:
            addresses = addresses_of(found)
        except TypeError:  # for None, where a tensor of before is no more
            return None
        self.moved = not equal(addresses, self.addresses)
        if self.moved and not others and not self.alike.check(*found):  # somebody has set `grad.data`
            return None
        if self.moved and not np.logical_or(addresses, self.empty).all():  # memory has been given back
            return None
        if others:
            self.objects = list(map(ref, given))
        self.others, self.addresses = others or self.moved, addresses
        return found
