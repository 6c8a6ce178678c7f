"""Whether tensors are as those before were, and where they lie: asked at every step, of a thousand tensors.

Looking at dtype, shape and strides from Python takes longer than the step. So compiled code looks at what torch tells
it through DLPack; where that cannot be, Python looks by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .cpu_dlpack import Described

Addresses = NDArray[np.int64]


class Looks:
    """What some tensors were: their classes, dtypes, devices, shapes and strides, and of what torch makes, their signs.

    Args:
        tensors: Dense ones.
    """

    def __init__(self, tensors: Sequence[torch.Tensor]) -> None:
        self._looks = list(map(_look, tensors))
        self._quick = _quick(tensors)

    def find(self, tensors: list[Any]) -> Addresses | None:
        """Where the elements of others begin; None if they are not as these were."""
        found = None if self._quick is None else self._quick.find(tensors)
        if found is None and list(map(_look, tensors)) == self._looks:
            found = addresses_of(tensors)
        return found


def _look(tensor: Any) -> object:
    if not isinstance(tensor, torch.Tensor) or tensor.layout is not torch.strided:
        return None
    return type(tensor), tensor.dtype, tensor.device, tensor.shape, tensor.stride(), tensor.is_neg()


def _quick(tensors: Sequence[torch.Tensor]) -> Described | None:
    """What compiled code looks at; None where it cannot, or where a sign counts, of which it is told nothing."""
    described = _described()
    if described is None or any(map(torch.is_neg, tensors)):
        return None
    try:
        return described(tensors)
    except (NotImplementedError, RuntimeError):  # torch does not describe them
        return None


@cache
def _described() -> type[Described] | None:
    """What asks torch by compiled code; None where it is not there, or does not work."""
    try:
        from .cpu_dlpack import Described

        Described([torch.empty(1)])
    except Exception:  # noqa: BLE001  # whatever Numba says: kernels need nothing of it
        return None
    return Described


def addresses_of(tensors: Sequence[torch.Tensor]) -> Addresses:
    """Where the elements of tensors begin."""
    return np.fromiter(map(torch.Tensor.data_ptr, tensors), np.int64, len(tensors))


def equal(here: NDArray[Any], there: NDArray[Any]) -> bool:
    """Whether as many numbers are the same, bit for bit; of a few, NumPy takes ten times as long to compare them."""
    return here.tobytes() == there.tobytes()
