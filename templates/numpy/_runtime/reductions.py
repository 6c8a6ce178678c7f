"""Reductions for NumPy: of a tensor or of all tensors to one number, of a matrix to one number for each line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Lines = Literal["rows", "cols", "outputs"]
"""The lines of a matrix: rows and columns of the last two dimensions, or slices of the first. A vector is one row."""


@overload
def norm(x: Array, over: Literal["tensor"] = "tensor") -> float: ...
@overload
def norm(x: list[Array], over: Literal["all"]) -> float: ...
@overload
def norm(x: Array, over: Lines) -> Array: ...
def norm(x: Any, over: str = "tensor") -> Any:
    """Euclidean norm, accumulated in float64."""
    if over in ("tensor", "all"):
        return math.sqrt(sum(float(np.sum(np.square(part, dtype=np.float64))) for part in _parts(x, over)))
    squares = np.square(x, dtype=np.float64)
    return np.sqrt(np.sum(squares, axis=_axes(x, over), keepdims=True)).astype(x.dtype)


@overload
def total(x: Array, over: Literal["tensor"] = "tensor") -> float: ...
@overload
def total(x: list[Array], over: Literal["all"]) -> float: ...
@overload
def total(x: Array, over: Lines) -> Array: ...
def total(x: Any, over: str = "tensor") -> Any:
    """Sum, accumulated in float64."""
    if over in ("tensor", "all"):
        return sum((float(np.sum(part, dtype=np.float64)) for part in _parts(x, over)), 0.0)
    return np.sum(x, axis=_axes(x, over), dtype=np.float64, keepdims=True).astype(x.dtype)


@overload
def mean(x: Array, over: Literal["tensor"] = "tensor") -> float: ...
@overload
def mean(x: list[Array], over: Literal["all"]) -> float: ...
@overload
def mean(x: Array, over: Lines) -> Array: ...
def mean(x: Any, over: str = "tensor") -> Any:
    """Mean, accumulated in float64; NaN where there are no elements."""
    if over in ("tensor", "all"):
        count = sum(part.size for part in _parts(x, over))
        return total(x, over) / count if count else math.nan  # type: ignore[call-overload]  # as this function is called
    axes = _axes(x, over)
    sums = np.sum(x, axis=axes, dtype=np.float64, keepdims=True)
    return np.divide(sums, math.prod(x.shape[axis] for axis in axes)).astype(x.dtype)


@overload
def max_abs(x: Array, over: Literal["tensor"] = "tensor") -> float: ...
@overload
def max_abs(x: list[Array], over: Literal["all"]) -> float: ...
@overload
def max_abs(x: Array, over: Lines) -> Array: ...
def max_abs(x: Any, over: str = "tensor") -> Any:
    """Largest magnitude; 0 where there are no elements, NaN where one is NaN."""
    if over in ("tensor", "all"):
        return float(np.max([np.max(np.abs(part), initial=0.0) for part in _parts(x, over)], initial=0.0))
    return np.max(np.abs(x), axis=_axes(x, over), keepdims=True, initial=0.0)


def _parts(x: Any, over: str) -> Iterable[Array]:
    return x if over == "all" else (x,)


def _axes(x: Array, over: str) -> tuple[int, ...]:
    """The dimensions that disappear."""
    if over == "outputs":
        return tuple(range(1, x.ndim))
    axis = {"rows": -1, "cols": -2}[over]
    return (axis,) if x.ndim >= -axis else ()
