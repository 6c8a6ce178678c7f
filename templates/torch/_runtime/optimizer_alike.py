"""Whether tensors are as those before were, and where they lie: asked at every step, of a thousand tensors.

Looking at dtype, shape and strides from Python takes longer than the step. So torch is asked, in one call, by what
`torch.compile` guards its code with; a torch that no longer has that is not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

try:
    from torch._C._dynamo.guards import TensorGuards
except ImportError:
    TensorGuards = None  # type: ignore[assignment, misc]  # where it is there, it is a class

Addresses = NDArray[np.int64]


class Guards:
    """What some tensors were: their classes, dtypes, devices, shapes, strides and signs.

    torch asks for more, such as `requires_grad`, the state of autocast, and that no tensor stands there twice. Where it
    says no, Python has the last word.

    Args:
        tensors: Dense ones.
    """

    def __init__(self, tensors: Sequence[torch.Tensor]) -> None:
        self._looks = list(map(_look, tensors))
        self._quick = _quick(tensors)

    def check(self, tensors: Sequence[Any]) -> bool:
        """Whether others, as many, are as these were; what is no dense tensor is not."""
        if self._quick is not None and self._quick.check(*tensors):
            return True
        if list(map(_look, tensors)) != self._looks:
            return False
        self._quick = _quick(tensors)  # they are others in what does not matter, and may stay so
        return True


def _look(tensor: Any) -> object:
    if not isinstance(tensor, torch.Tensor) or tensor.layout is not torch.strided:
        return None
    return type(tensor), tensor.dtype, tensor.device, tensor.shape, tensor.stride(), tensor.is_neg()


def _quick(tensors: Sequence[torch.Tensor]) -> TensorGuards | None:
    """What torch asks."""
    if TensorGuards is None:
        return None
    sizes: Any = [list(tensor.shape) for tensor in tensors]
    strides: Any = [list(tensor.stride()) for tensor in tensors]
    return TensorGuards(*tensors, dynamic_dims_sizes=sizes, dynamic_dims_strides=strides)


def addresses_of(tensors: Sequence[torch.Tensor]) -> Addresses:
    """Where the elements of tensors begin."""
    return np.fromiter(map(torch.Tensor.data_ptr, tensors), np.int64, len(tensors))


def equal(here: NDArray[Any], there: NDArray[Any]) -> bool:
    """Whether as many numbers are the same, bit for bit; of a few, NumPy takes ten times as long to compare them."""
    return here.tobytes() == there.tobytes()
