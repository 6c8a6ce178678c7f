"""Arguments that are no tensors: hyper-parameters, flags, the step; and one clear error for a wrong one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from operator import index
from reprlib import repr as shown


@dataclass(frozen=True)
class Domain:
    """The values that a hyper-parameter may take; a bound that is None does not bind."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None

    def __contains__(self, value: float) -> bool:
        return not (
            math.isnan(value)
            or (self.ge is not None and value < self.ge)
            or (self.gt is not None and value <= self.gt)
            or (self.le is not None and value > self.le)
            or (self.lt is not None and value >= self.lt)
        )

    def __str__(self) -> str:
        signs = ((">=", self.ge), (">", self.gt), ("<=", self.le), ("<", self.lt))
        bounds = [f"{sign} {repr(bound).removesuffix('.0')}" for sign, bound in signs if bound is not None]
        return " and ".join(bounds) or "a number"


def check_hyper(domains: Mapping[str, Domain], /, **values: object) -> tuple[float, ...]:
    """Return the hyper-parameters as Python floats, in the order given.

    Raises:
        TypeError: One is not a real number.
        ValueError: One is NaN or outside its domain.
    """
    checked = []
    for name, value in values.items():
        number = _number(value)
        if number is None:
            raise TypeError(f"{name} must be a real number, got {shown(value)}")
        if number not in domains[name]:
            raise ValueError(f"{name} must be {domains[name]}, got {shown(value)}")
        checked.append(number)
    return tuple(checked)


def _number(value: object) -> float | None:
    """A plain float: NumPy's scalars would widen float32 arrays. None for what is no real number."""
    if type(value) is float:
        return value
    if not isinstance(value, Real | Decimal) and getattr(value, "shape", None) == ():
        value = value.item()  # type: ignore[attr-defined]  # an array or tensor of one number
    if not isinstance(value, Real | Decimal) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except OverflowError:  # a whole number that no double comes near is in no domain
        return math.nan


def check_flags(**values: object) -> None:
    """Raise a TypeError for a flag that is neither True nor False."""
    for name, value in values.items():
        if not isinstance(value, bool):
            raise TypeError(f"{name} must be True or False, got {shown(value)}")


def check_step(t: object) -> int:
    """Return the step number as a Python int.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is below 1, or beyond 2**53, where float64 no longer tells steps apart.
    """
    if getattr(t, "shape", None) == () and hasattr(t, "item"):
        t = t.item()  # an array or tensor of one number
    if isinstance(t, bool) or not hasattr(type(t), "__index__") or hasattr(t, "shape"):
        raise TypeError(f"t must be a whole number, got {shown(t)}")
    step = index(t)  # type: ignore[arg-type]  # it has __index__, as was just asked
    if step < 1:
        raise ValueError(f"t counts from 1, got {shown(t)}")
    if step > 2**53:
        raise ValueError(f"t is beyond 2**53: {shown(t)}")
    return step


def check_noise(seed: object, tensor: object) -> tuple[int, int]:
    """Return the seed and the number of the tensor as Python ints.

    Raises:
        TypeError: One is no whole number.
        ValueError: One is below 0 or too large: 2**63 for the seed, 2**31 for the tensor.
    """
    found = []
    for name, value, most in (("seed", seed, 2**63), ("tensor", tensor, 2**31)):
        if isinstance(value, bool) or not hasattr(type(value), "__index__") or getattr(value, "shape", None):
            raise TypeError(f"{name} must be a whole number, got {shown(value)}")
        number = index(value)  # type: ignore[arg-type]  # it has __index__, as was just asked
        if not 0 <= number < most:
            raise ValueError(f"{name} must be between 0 and 2**{most.bit_length() - 1}, got {shown(value)}")
        found.append(number)
    return found[0], found[1]


def check_names(state: object, names: Mapping[str, bool]) -> Mapping[str, object]:
    """Return the state, which has to be a mapping with the names that the flags want and no others.

    Args:
        state: What the caller gave.
        names: The states that there are, and whether the flags given want them.

    Raises:
        TypeError: It is no mapping.
        ValueError: A state is missing or unknown.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"state must be a dict as init() makes it, got {shown(state)}")
    wanted = [name for name, exists in names.items() if exists]
    for name in wanted:
        if name not in state:
            raise ValueError(f"state has no {name!r}: it has {sorted(map(str, state))}, make it with init()")
    for name in state:
        if name not in wanted:
            raise ValueError(f"state has an unknown {name!r}: with the flags given, the states are {wanted}")
    return state
