"""Whether tensors are as those before were, and where they lie: asked at every step, of a thousand tensors.

Looking at dtype, shape and strides from Python takes longer than a step, so torch does it in one call: by what
`torch.compile` guards its code with. It is nothing that torch promises to keep: without it, Python looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

try:
    from torch._C._dynamo.guards import TensorGuards
except ImportError:  # pragma: no cover
    TensorGuards = None  # type: ignore[assignment, misc]  # of another torch than those that there are

Addresses = NDArray[np.int64]


class Guards(Protocol):
    """What some tensors were."""

    def check(self, *tensors: Any) -> bool:
        """Whether others, as many, have their types, dtypes, devices, shapes, strides and signs."""
        ...


class PythonGuards:
    """The same as torch's, at more cost.

    Args:
        tensors: Dense ones.
    """

    def __init__(self, tensors: Iterable[torch.Tensor]) -> None:
        self.looks = list(map(self._look, tensors))

    def check(self, *tensors: Any) -> bool:
        """Whether all are as those before were."""
        return list(map(self._look, tensors)) == self.looks

    def _look(self, tensor: Any) -> object:
        if not isinstance(tensor, torch.Tensor) or tensor.layout is not torch.strided:
            return None
        return type(tensor), tensor.dtype, tensor.device, tensor.shape, tensor.stride(), tensor.is_neg()


def guards_of(tensors: Sequence[torch.Tensor]) -> Guards:
    """What tells whether other tensors are as these are; anything that is no dense tensor is not."""
    if TensorGuards is None:
        return PythonGuards(tensors)
    sizes: Any = [list(tensor.shape) for tensor in tensors]
    strides: Any = [list(tensor.stride()) for tensor in tensors]
    return TensorGuards(*tensors, dynamic_dims_sizes=sizes, dynamic_dims_strides=strides)


def addresses_of(tensors: Sequence[torch.Tensor]) -> Addresses:
    """Where the elements of tensors begin."""
    return np.fromiter(map(torch.Tensor.data_ptr, tensors), np.int64, len(tensors))


def equal(here: Addresses, there: Addresses) -> bool:
    """Whether as many addresses are the same; of a few, NumPy takes ten times as long to compare numbers."""
    return here.tobytes() == there.tobytes()
