"""Hyper-parameters and flags to verify with, derived from their domains.

No two hyper-parameters of a setting are equal: where two are, code that swaps them passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from optgen.spec.model import Flag, HyperParameter, Spec

_GOLDEN = 0.6180339887498949
_MOST_FLAGS = 3


@dataclass(frozen=True)
class Setting:
    """One choice of hyper-parameters and flags.

    Attributes:
        name: Where in their domains the hyper-parameters lie.
        hyper: Value of each.
        flags: Value of each.
    """

    name: str
    hyper: dict[str, float]
    flags: dict[str, bool]

    def __str__(self) -> str:
        values = [f"{k}={v!r}" for k, v in self.hyper.items()] + [k for k, v in self.flags.items() if v]
        return f"{self.name}: {', '.join(values)}"

    @property
    def arguments(self) -> dict[str, float | bool]:
        """Keyword arguments for the generated functions."""
        return {**self.hyper, **self.flags}


def settings(spec: Spec) -> list[Setting]:
    """Defaults, and three more places in every domain, each with every combination of flags.

    Beyond three flags: none, each alone, and all.
    """
    places = [("defaults", {h.name: float(h.default) for h in spec.hypers})]
    for place in ("middle", "low", "high"):
        places.append((place, {h.name: _value(h, place, n) for n, h in enumerate(spec.hypers)}))
    return [Setting(name, hyper, flags) for name, hyper in places for flags in _flags(spec.flags)]


def _flags(flags: tuple[Flag, ...]) -> list[dict[str, bool]]:
    names = [f.name for f in flags]
    if len(names) <= _MOST_FLAGS:
        return [dict(zip(names, values, strict=True)) for values in product((False, True), repeat=len(names))]
    alone = [{name: name == chosen for name in names} for chosen in names]
    return [dict.fromkeys(names, False), *alone, dict.fromkeys(names, True)]


def _value(hyper: HyperParameter, place: str, number: int) -> float:
    """A value inside the domain; `number` keeps those of one setting apart."""
    bounds = dict(hyper.bounds)
    low, high = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
    if low is not None and high is not None:
        return _between(low, high, place, number, closed="ge" in bounds)
    value = _around(float(hyper.default), place, number)
    if low is not None and value <= low:
        value = low + abs(value - low) + (0.0 if "ge" in bounds and place == "low" else 0.01 * (1 + number))
    if high is not None and value >= high:
        value = high - 0.01 * (1 + number)
    return value


def _between(low: float, high: float, place: str, number: int, *, closed: bool) -> float:
    """In an interval: somewhere in the middle, next to the lower end (on it, once), next to the upper end."""
    width = high - low
    match place:
        case "middle":
            return low + width * (0.2 + 0.6 * ((number + 1) * _GOLDEN % 1))
        case "low":
            return low if closed and number % 3 == 1 else low + width * 0.002 * (1 + number)
    return high - width * 0.002 / (1 + number)


def _around(default: float, place: str, number: int) -> float:
    """On a half-line: what is off by default is switched on, small guards are made large, the rest is scaled."""
    spread = 1 + 0.07 * number
    if default == 0:
        return {"middle": 0.013, "low": 0.0017, "high": 0.11}[place] * spread
    if 0 < default < 1e-4:
        return {"middle": 10 * default, "low": default / 7, "high": 0.031}[place] * spread
    return default * {"middle": 1.3, "low": 0.21, "high": 17.0}[place] * spread
