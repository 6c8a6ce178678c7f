"""What the NumPy references share: checks of their arguments, and states as arrays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from reprlib import repr as shown
from types import MappingProxyType
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from .domain import Domain, check_flags, check_hyper, check_names, check_noise, check_step
from .matrices import line_shape
from .reductions import Lines, max_abs, mean, norm, total

Array = NDArray[Any]
State = dict[str, Array]
States = dict[str, Any]
"""State of parameters that are updated together: a list with an array for each, or one number for all."""

__all__ = ["Array", "Domain", "Lines", "State", "States", "arrays", "check_array_lists", "check_arrays", "check_flags"]
__all__ += ["check_hyper", "check_noise", "check_step", "check_theta", "check_thetas", "line_shape", "lists"]
__all__ += ["max_abs", "mean", "norm", "total"]

_DTYPES = (np.dtype(np.float16), np.dtype(np.float32), np.dtype(np.float64))


def arrays(**values: Any) -> State:
    """The given values as arrays (NumPy turns 0-d results into scalars), without those that are None.

    Python's numbers become float64.
    """
    numbers = {name: float(value) for name, value in values.items() if isinstance(value, int | float)}
    return {name: np.asarray(numbers.get(name, value)) for name, value in values.items() if value is not None}


def lists(**values: Any) -> States:
    """The same of parameters that are updated together: what is a list becomes a list of arrays."""
    found: States = {}
    for name, value in values.items():
        if isinstance(value, list):
            found[name] = [arrays(entry=entry)["entry"] for entry in value]
        elif value is not None:
            found |= arrays(**{name: value})
    return found


def check_theta(theta: object, name: str = "theta") -> Array:
    """Return the parameter as an array.

    Raises:
        TypeError: It is no array of float16, float32 or float64.
    """
    if not _is_array(theta):
        raise TypeError(f"{name} must be a NumPy array, got {shown(theta)}")
    if theta.dtype not in _DTYPES:
        raise TypeError(f"{name} must be float16, float32 or float64, got {theta.dtype}")
    return np.asarray(theta)


def check_arrays(
    theta: object,
    grad: object,
    state: object,
    names: Mapping[str, bool],
    inputs: Mapping[str, object] = MappingProxyType({}),
    numbers: Collection[str] = (),
    lines: Mapping[str, Lines] = MappingProxyType({}),
) -> None:
    """Check the arrays of a step against each other.

    Args:
        theta: Parameter, any shape, float16, float32 or float64.
        grad: Gradient, of the shape and dtype of `theta`.
        state: State by name, each of the shape and dtype of `theta`.
        names: The states that there are, and whether the flags given want them.
        inputs: Further arrays by name, each of the shape and dtype of `theta`.
        numbers: The states that are one number: 0-d arrays of float64.
        lines: The states that have one number for each line, of the dtype of `theta`.

    Raises:
        TypeError: An argument is no array, or of another dtype.
        ValueError: A shape differs, or a state is missing or unknown.
    """
    theta = check_theta(theta)
    _check_like(theta, "grad", grad)
    for name, value in check_names(state, names).items():
        _check_state(theta, name, f"state[{name!r}]", value, numbers, lines)
    for name, value in inputs.items():
        _check_like(theta, name, value)


def check_thetas(theta: object) -> list[Array]:
    """Return the parameters that are updated together as a list of arrays.

    Raises:
        TypeError: They are no list, or one is no array of float16, float32 or float64.
        ValueError: There are none.
    """
    if not isinstance(theta, list | tuple):
        raise TypeError(f"theta must be a list of arrays, which are updated together, got {shown(theta)}")
    if not theta:
        raise ValueError("theta is an empty list: there is nothing to update")
    return [check_theta(value, f"theta[{i}]") for i, value in enumerate(theta)]


def check_array_lists(
    theta: object,
    grad: object,
    state: object,
    names: Mapping[str, bool],
    inputs: Mapping[str, object] = MappingProxyType({}),
    together: Collection[str] = (),
    numbers: Collection[str] = (),
    lines: Mapping[str, Lines] = MappingProxyType({}),
) -> None:
    """Check the arrays of a step of several parameters: lists of the same length, entry by entry as `check_arrays`.

    Args:
        theta: Parameters.
        grad: Gradients.
        state: State by name, a list each.
        names: The states that there are, and whether the flags given want them.
        inputs: Further lists by name.
        together: The states that are one number for all parameters: 0-d arrays of float64.
        numbers: The states that are one number for each parameter: lists of 0-d arrays of float64.
        lines: The states that have one number for each line of each parameter.

    Raises:
        TypeError: An argument is no list, or an entry no array, or of another dtype.
        ValueError: A length or shape differs, or a state is missing or unknown.
    """
    thetas = check_thetas(theta)
    for name, values in (("grad", grad), *inputs.items()):
        for i, value in enumerate(_entries(name, values, len(thetas))):
            _check_like(thetas[i], f"{name}[{i}]", value, f"theta[{i}]")
    for name, values in check_names(state, names).items():
        label = f"state[{name!r}]"
        if name in together:
            _check_number(label, values)
            continue
        for i, value in enumerate(_entries(label, values, len(thetas))):
            _check_state(thetas[i], name, f"{label}[{i}]", value, numbers, lines, f"theta[{i}]")


def _entries(name: str, values: object, count: int) -> Sequence[object]:
    """A list of as many entries as there are parameters."""
    if not isinstance(values, list | tuple):
        raise TypeError(f"{name} must be a list with an array for each parameter, got {shown(values)}")
    if len(values) != count:
        raise ValueError(f"{name} has {len(values)} entries for {count} parameters")
    return values


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


def _check_state(
    theta: Array,
    name: str,
    label: str,
    value: object,
    numbers: Collection[str],
    lines: Mapping[str, Lines],
    owner: str = "theta",
) -> None:
    """Raise unless `value` is the state of that name of a parameter."""
    if name in numbers:
        _check_number(label, value)
    elif name in lines:
        _check_like(theta, label, value, owner, lines[name])
    else:
        _check_like(theta, label, value, owner)


def _check_like(theta: Array, name: str, value: object, owner: str = "theta", over: Lines | None = None) -> None:
    """Raise unless `value` is an array of the dtype of a parameter, and of its shape or with a number for each line."""
    if not _is_array(value):
        raise TypeError(f"{name} must be a NumPy array, got {shown(value)}")
    if value.dtype != theta.dtype:
        raise TypeError(f"{name} must be {theta.dtype} like {owner}, got {value.dtype}")
    shape, whose = theta.shape, f"{owner}'s shape {theta.shape}"
    if over:
        shape = line_shape(theta, over)
        whose = f"shape {shape}, a number for each of the {over} of {owner}"
    if value.shape != shape:
        raise ValueError(f"{name} must have {whose}, got {value.shape}")
