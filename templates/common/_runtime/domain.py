"""Hyper-parameters: their domains, and one clear error for a value outside."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


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
        return " and ".join(f"{sign} {bound:g}" for sign, bound in signs if bound is not None) or "a number"


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
            raise TypeError(f"{name} must be a real number, got {value!r}")
        if number not in domains[name]:
            raise ValueError(f"{name} must be {domains[name]}, got {value!r}")
        checked.append(number)
    return tuple(checked)


def _number(value: object) -> float | None:
    """A plain float: NumPy's scalars would widen float32 arrays. None for what is no real number."""
    if isinstance(value, (bool, str, bytes, complex)) or not hasattr(type(value), "__float__"):
        return None
    if getattr(value, "shape", ()) != ():
        return None
    return float(value)  # type: ignore[arg-type]  # it has __float__, as was just asked


def check_flags(**values: object) -> None:
    """Raise a TypeError for a flag that is neither True nor False."""
    for name, value in values.items():
        if not isinstance(value, bool):
            raise TypeError(f"{name} must be True or False, got {value!r}")


def check_step(t: object) -> int:
    """Return the step number as a Python int.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is below 1.
    """
    if isinstance(t, bool) or not hasattr(type(t), "__index__"):
        raise TypeError(f"t must be a whole number, got {t!r}")
    step = int(t)  # type: ignore[call-overload]  # it has __index__, as was just asked
    if step < 1:
        raise ValueError(f"t counts from 1, got {t!r}")
    return int(step)
