"""Arrays of a verification: by name, tensors of elements or single numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FAR = 1e8
"""Elements beyond are brought back: some settings make a step of 1e11, from where float32 overflows anyway."""


def added(bound: dict[str, Array], double: dict[str, Array]) -> dict[str, Array]:
    """Bounds on the distance from the truth: the analysis itself knows the values in float64 only."""
    return {name: bound[name] + double[name] for name in bound}


def converted(series: Mapping[str, Array], dtype: Any, numbers: Collection[str] = ()) -> dict[str, Array]:
    """Tensors in another dtype; what is kept in float64 stays so, in arrays of it."""
    return {name: array.astype(dtype) if name not in numbers else array for name, array in series.items()}


def bring_back(series: dict[str, Array], start: dict[str, Array], coarse: Collection[str]) -> None:
    """Return elements to where the run began once they have left the range of honest training.

    Args:
        series: Flat values by name, changed in place.
        start: The same where the run began.
        coarse: Names of those that do not have a value for each element.
    """
    gone = ~np.logical_and.reduce([np.abs(array) < FAR for name, array in series.items() if name not in coarse])
    for name, array in series.items():
        own = ~(np.abs(array) < FAR) if name in coarse else gone
        if own.any():
            series[name] = np.where(own, start[name], array)
