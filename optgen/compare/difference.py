"""Two optimizers beside each other, as plain values; what is printed is made from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optgen.catalogue.describe import saved_as

from .match import Pair, pairs

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """What changed from one optimizer to another.

    Attributes:
        names: Of both.
        equations: Paired.
        parts: Of hyper-parameters, flags, states, and where the gradient is taken: by name, what is said of it in
            each; empty where it is not there.
        bytes: Moved for each element and step, with flags as they are by default; None for schedules.
    """

    names: tuple[str, str]
    equations: tuple[Pair, ...]
    parts: Mapping[str, Mapping[str, Pair]]
    bytes: tuple[int | None, int | None]

    @property
    def same(self) -> bool:
        """Whether nothing changed but names, texts and sources."""
        every = [*self.equations, *(pair for part in self.parts.values() for pair in part.values())]
        return all(pair.status == "same" for pair in every)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "a": self.names[0],
            "b": self.names[1],
            "same": self.same,
            "equations": [_pair(pair) for pair in self.equations],
            **{what: {name: _pair(pair) for name, pair in part.items()} for what, part in self.parts.items()},
            "bytes_moved_per_element": {"a": self.bytes[0], "b": self.bytes[1]},
        }


def _pair(pair: Pair) -> dict[str, Any]:
    return {"status": pair.status, "a": pair.a or None, "b": pair.b or None}


def difference(a: Facts, b: Facts) -> Difference:
    """Compare what `optgen.catalogue.describe.details` tells of two specs.

    Args:
        a: Of the first.
        b: Of the second.
    """
    parts = {
        "hyper": _compared(a["hyper"], b["hyper"], lambda h: f"{_number(h['default'])}, {h['domain_text']}"),
        "flags": _compared(a["flags"], b["flags"], _flag),
        "states": _compared(a["states"], b["states"], _state),
    }
    if a["gradient_at"] or b["gradient_at"]:
        parts["gradient"] = {"taken at": Pair(a["gradient_at"] or "the parameter", b["gradient_at"] or "the parameter")}
    return Difference(
        (a["name"], b["name"]), tuple(pairs(a["equations"], b["equations"])), parts, (_moved(a), _moved(b))
    )


def _compared(a: Sequence[Facts], b: Sequence[Facts], text: Callable[[Facts], str]) -> dict[str, Pair]:
    """What is said of each name in both."""
    first, second = ({of["name"]: text(of) for of in side} for side in (a, b))
    return {name: Pair(first.get(name, ""), second.get(name, "")) for name in first | second}


def _number(value: float) -> str:
    """As short as it can be without being another number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _flag(flag: Facts) -> str:
    follows = f", follows {flag['follows']}" if flag["follows"] else ""
    return ("on" if flag["default"] else "off") + follows + (f", {flag['doc']}" if flag["doc"] else "")


def _state(state: Facts) -> str:
    only = f", only if {state['if']}" if state["if"] else ""
    init = state["init"] if isinstance(state["init"], str) else _number(state["init"])
    return f"one per {state['rate']}, starts at {init}, {saved_as(state)} in checkpoints{only}"


def _moved(facts: Facts) -> int | None:
    if facts["kind"] != "optimizer":
        return None
    return int(facts["bytes_per_element"][0]["moved"])
