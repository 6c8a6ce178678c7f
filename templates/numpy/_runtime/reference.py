"""What the NumPy references share: reductions, and checks of their arguments."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from reprlib import repr as shown
from types import MappingProxyType
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from .domain import Domain, check_flags, check_hyper, check_names, check_noise, check_step

Array = NDArray[Any]
State = dict[str, Array]

__all__ = ["Array", "Domain", "State", "arrays", "check_arrays", "check_flags", "check_hyper", "check_noise"]
__all__ += ["check_step", "check_theta", "max_abs", "mean", "norm", "total"]

_DTYPES = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64))


def norm(x: Array) -> float:
    """Euclidean norm of all elements, accumulated in float64."""
    return math.sqrt(total(np.square(x, dtype=np.float64)))


def total(x: Array) -> float:
    """Sum of all elements, accumulated in float64."""
    return float(np.sum(x, dtype=np.float64))


def mean(x: Array) -> float:
    """Mean of all elements, accumulated in float64; NaN where there are none."""
    return total(x) / x.size if x.size else math.nan


def max_abs(x: Array) -> float:
    """Largest magnitude of all elements; 0 where there are none, NaN where one is NaN."""
    return float(np.max(np.abs(x), initial=0.0))


def arrays(**values: Any) -> State:
    """The given values as arrays (NumPy turns 0-d results into scalars), without those that are None.

    Python's numbers become float64.
    """
    numbers = {name: float(value) for name, value in values.items() if isinstance(value, int | float)}
    return {name: np.asarray(numbers.get(name, value)) for name, value in values.items() if value is not None}


def check_theta(theta: object) -> Array:
    """Return the parameter as an array.

    Raises:
        TypeError: It is no array of float16, float32 or float64.
    """
    if not _is_array(theta):
        raise TypeError(f"theta must be a NumPy array, got {shown(theta)}")
    if theta.dtype not in _DTYPES:
        raise TypeError(f"theta must be float16, float32 or float64, got {theta.dtype}")
    return np.asarray(theta)


def check_arrays(
    theta: object,
    grad: object,
    state: object,
    names: Mapping[str, bool],
    inputs: Mapping[str, object] = MappingProxyType({}),
    numbers: Collection[str] = (),
) -> None:
    """Check the arrays of a step against each other.

    Args:
        theta: Parameter, any shape, float16, float32 or float64.
        grad: Gradient, of the shape and dtype of `theta`.
        state: State by name, each of the shape and dtype of `theta`.
        names: The states that there are, and whether the flags given want them.
        inputs: Further arrays by name, each of the shape and dtype of `theta`.
        numbers: The states that are one number: 0-d arrays of float64.

    Raises:
        TypeError: An argument is no array, or of another dtype.
        ValueError: A shape differs, or a state is missing or unknown.
    """
    theta = check_theta(theta)
    _check_like(theta, "grad", grad)
    for name, value in check_names(state, names).items():
        if name in numbers:
            _check_number(f"state[{name!r}]", value)
        else:
            _check_like(theta, f"state[{name!r}]", value)
    for name, value in inputs.items():
        _check_like(theta, name, value)


def _is_array(value: object) -> TypeGuard[Array]:
    """Whether a value is a plain array or scalar of NumPy: the operators of a matrix mean something else."""
    return isinstance(value, np.generic) or type(value) in (np.ndarray, np.memmap)


def _check_number(name: str, value: object) -> None:
    """Raise unless `value` is one number in float64."""
    if not _is_array(value):
        raise TypeError(f"{name} must be a NumPy array of one number, got {shown(value)}")
    if value.dtype != np.float64:
        raise TypeError(f"{name} must be float64, got {value.dtype}")
    if value.shape != ():
        raise ValueError(f"{name} must be one number, got shape {value.shape}")


def _check_like(theta: Array, name: str, value: object) -> None:
    """Raise unless `value` is an array of the shape and dtype of `theta`."""
    if not _is_array(value):
        raise TypeError(f"{name} must be a NumPy array, got {shown(value)}")
    if value.dtype != theta.dtype:
        raise TypeError(f"{name} must be {theta.dtype} like theta, got {value.dtype}")
    if value.shape != theta.shape:
        raise ValueError(f"{name} must have theta's shape {theta.shape}, got {value.shape}")
