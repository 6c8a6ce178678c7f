"""What the schedules share: checks of their arguments."""

from __future__ import annotations

from reprlib import repr as shown
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .domain import Domain, check_flags, check_hyper

Array = NDArray[Any]

__all__ = ["Array", "Domain", "check_flags", "check_hyper", "check_steps"]


def check_steps(t: object) -> Array:
    """Return the numbers of steps as float64, which is exact for them.

    Raises:
        TypeError: They are no whole numbers.
        ValueError: One is below 1, or beyond 2**53.
    """
    steps = np.asarray(t)
    if steps.dtype.kind not in "iu" and not (steps.dtype.kind == "f" and bool(np.all(steps == np.floor(steps)))):
        raise TypeError(f"t must be whole numbers, got {shown(t)}")
    if steps.size and not (steps.min() >= 1 and steps.max() <= 2**53):
        raise ValueError(f"t counts from 1, and to 2**53, got {shown(t)}")
    return steps.astype(np.float64)
