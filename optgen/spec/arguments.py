"""Arguments of the torch class: hyper-parameters and flags by torch's names, some of them together as a tuple."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .model import Flag, HyperParameter, Spec


@dataclass(frozen=True)
class Argument:
    """An argument that the user gives when an optimizer is made.

    Attributes:
        name: Of the argument.
        members: The hyper-parameters, in order, that it is a tuple of; or the one that it is, or the flag.
    """

    name: str
    members: tuple[HyperParameter | Flag, ...]


def arguments(spec: Spec) -> list[Argument]:
    """The arguments of the torch class: hyper-parameters in the order of the spec, then flags."""
    found: dict[str, list[HyperParameter | Flag]] = {}
    symbols: list[HyperParameter | Flag] = [*spec.hypers, *spec.choices]
    for symbol in symbols:
        found.setdefault(_argument(spec, symbol), []).append(symbol)
    return [Argument(name, tuple(members)) for name, members in found.items()]


def _argument(spec: Spec, symbol: HyperParameter | Flag) -> str:
    return symbol.arg or ("betas" if symbol.name in _betas(spec) else symbol.name)


def _betas(spec: Spec) -> set[str]:
    """`beta1`, `beta2` and so on, where there are at least two."""
    names = {h.name for h in spec.hypers if re.fullmatch(r"beta[1-9]", h.name) and not h.arg}
    return names if len(names) > 1 else set()
