"""Hyper-parameters and flags to verify with, derived from their domains.

No two hyper-parameters of a setting are equal, defaults and ends of domains aside: where two are, code that swaps them
passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from optgen.spec.model import Flag, HyperParameter, Spec

_GOLDEN = 0.6180339887498949
_PLACES = ("middle", "low", "high")


@dataclass(frozen=True)
class Setting:
    """One choice of hyper-parameters and flags.

    Attributes:
        name: Where in their domains the hyper-parameters lie.
        hyper: Value of each.
        flags: Value of each.
        chosen: Value of each that the user sets.
    """

    name: str
    hyper: dict[str, float]
    flags: dict[str, bool]
    chosen: dict[str, bool]

    def __str__(self) -> str:
        values = [f"{k}={v!r}" for k, v in self.hyper.items()] + [k for k, v in self.chosen.items() if v]
        return f"{self.name}: {', '.join(values)}" if values else self.name

    @property
    def arguments(self) -> dict[str, float | bool]:
        """Keyword arguments for the generated functions."""
        return {**self.hyper, **self.chosen}


def settings(spec: Spec) -> list[Setting]:
    """Defaults, three places in every domain and a mixture of them, each with many combinations of flags.

    The flags are as they are by default, then one, two and all of them the other way: up to three, every combination,
    and of any two flags every pair of values, with the others as most users have them.
    """
    places = {"defaults": {h.name: float(h.default) for h in spec.hypers}}
    places |= {place: _values(spec, [place] * len(spec.hypers)) for place in _PLACES}
    places["mixed"] = _values(spec, [_PLACES[n % len(_PLACES)] for n in range(len(spec.hypers))])
    return [_setting(spec, name, hyper, chosen) for name, hyper in places.items() for chosen in _flags(spec.choices)]


def edges(spec: Spec) -> list[Setting]:
    """Each hyper-parameter at the ends of its domain that it may take, one at a time, the others in the middle.

    There, a decay is off, an average forgets at once, a guard against a division by zero is gone.
    """
    chosen = {f.name: f.default for f in spec.choices}
    middle = _values(spec, ["middle"] * len(spec.hypers))
    found = [(h.name, float(end)) for h in spec.hypers for relation, end in h.bounds if relation in ("ge", "le")]
    return [_setting(spec, f"{name} at its end", {**middle, name: end}, chosen) for name, end in found]


def _setting(spec: Spec, name: str, hyper: dict[str, float], chosen: dict[str, bool]) -> Setting:
    return Setting(name, hyper, spec.all_flags(hyper, chosen), chosen)


def _flags(flags: tuple[Flag, ...]) -> list[dict[str, bool]]:
    default = {f.name: f.default for f in flags}
    counts = sorted({count for count in (0, 1, 2, len(flags)) if count <= len(flags)})
    turned = [names for count in counts for names in combinations(default, count)]
    return [{name: on is not (name in names) for name, on in default.items()} for names in turned]


def _values(spec: Spec, places: list[str]) -> dict[str, float]:
    """A value for each hyper-parameter, all different."""
    chosen: dict[str, float] = {}
    for number, (hyper, place) in enumerate(zip(spec.hypers, places, strict=True)):
        candidates = (_value(hyper, place, n) for n in _numbers(number))
        chosen[hyper.name] = next(value for value in candidates if value not in chosen.values())
    return chosen


def _numbers(first: int) -> Iterator[float]:
    """The hyper-parameter's own number, and others for when its value is taken."""
    yield first
    for more in range(1, 100):
        yield first + more / 7


def _value(hyper: HyperParameter, place: str, number: float) -> float:
    """A value inside the domain; `number` keeps those of one setting apart."""
    low, high = _ends(hyper)
    if low is not None and high is not None:
        return _between(low, high, place, number)
    value = _around(float(hyper.default), place, number)
    if low is not None and value <= low:
        value = low + abs(value - low) + 0.01 * (1 + number)
    if high is not None and value >= high:
        value = high - abs(value - high) - 0.01 * (1 + number)
    return value


def _ends(hyper: HyperParameter) -> tuple[float | None, float | None]:
    bounds = dict(hyper.bounds)
    low = [float(bounds[relation]) for relation in ("ge", "gt") if relation in bounds]
    high = [float(bounds[relation]) for relation in ("le", "lt") if relation in bounds]
    return max(low, default=None), min(high, default=None)


def _between(low: float, high: float, place: str, number: float) -> float:
    """In an interval: somewhere in the middle, next to the lower end, next to the upper end."""
    width = high - low
    match place:
        case "middle":
            return low + width * (0.2 + 0.6 * ((number + 1) * _GOLDEN % 1))
        case "low":
            return low + width * 0.002 * (1 + number)
    return high - width * 0.002 / (1 + number)


def _around(default: float, place: str, number: float) -> float:
    """On a half-line: what is off by default is switched on, small guards are made large, the rest is scaled."""
    spread = 1 + 0.07 * number
    if default == 0:
        return {"middle": 0.013, "low": 0.0017, "high": 0.11}[place] * spread
    if 0 < default < 1e-4:
        return {"middle": 0.013, "low": default / 7, "high": 0.31}[place] * spread
    return default * {"middle": 1.3, "low": 0.21, "high": 17.0}[place] * spread
