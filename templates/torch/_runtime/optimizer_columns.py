"""The gradients of a group, or further tensors beside them: looked at in each step, checked where they are others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from .optimizer_alike import Looks, addresses_of, equal
from .optimizer_shards import all_local, local_tensors


class Column:
    """One tensor for each parameter of a group, as it was when all was checked.

    Args:
        params: The parameters.
        given: Gradients or further tensors, as the user has them.
        taken: The same as compiled code takes them, perhaps copies.
        sharded: Whether other processes have parts of parameters.
    """

    def __init__(
        self,
        params: Sequence[torch.Tensor],
        given: Sequence[torch.Tensor],
        taken: Sequence[torch.Tensor],
        *,
        sharded: bool,
    ) -> None:
        self.params, self.sharded = params, sharded
        here = all_local(given) if sharded else given
        self.alike, self.addresses, self.moved = Looks(here), addresses_of(taken), False
        self.are_own = equal(self.addresses, addresses_of(here))
        self.empty = np.array([not x.numel() for x in taken])

    def fits(self, given: list[Any]) -> list[torch.Tensor] | None:
        """What is here of other tensors, if they are as those before were; None where all has to be checked again.

        Memory that one gradient has given back may be that of the next one, whatever its dtype and strides. `moved`
        says whether any lies elsewhere than in the step before.

        Args:
            given: A tensor for each of the parameters, or None.
        """
        found = local_tensors(self.params, given) if self.sharded else given
        addresses = None if found is None or not self.are_own else self.alike.find(found)
        if addresses is None:
            return None
        self.moved = not equal(addresses, self.addresses)
        if self.moved and not np.logical_or(addresses, self.empty).all():  # memory has been given back
            return None
        self.addresses = addresses
        return found
