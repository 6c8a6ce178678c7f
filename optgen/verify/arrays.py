"""Arrays of a verification: by name, tensors of elements or single numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FAR = 1e8
"""Elements beyond are brought back: some settings make a step of 1e11, from where float32 overflows anyway."""


def added(bound: dict[str, Array], double: dict[str, Array]) -> dict[str, Array]:
    """Bounds on the distance from the truth: the analysis itself knows the values in float64 only."""
    return {name: bound[name] + double[name] for name in bound}


def converted(series: Mapping[str, Array], dtype: Any) -> dict[str, Array]:
    """Tensors in another dtype; single numbers stay in float64."""
    return {name: array.astype(dtype) if array.ndim else array for name, array in series.items()}


def elements(array: Array, chosen: Array) -> Array:
    """Some elements; a single number for each of them."""
    return array[chosen] if array.ndim else np.full(len(chosen), array)


def bring_back(series: dict[str, Array], start: dict[str, Array]) -> None:
    """Return elements to where the run began once they have left the range of honest training."""
    gone = ~np.logical_and.reduce([np.abs(array) < FAR for array in series.values() if array.ndim])
    for name, array in series.items():
        if not array.ndim and not np.abs(array) < FAR:
            series[name] = start[name]
        elif array.ndim and gone.any():
            array[gone] = start[name][gone]
