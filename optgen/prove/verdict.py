"""What came of a relation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """Whether a relation holds."""

    PROVED = "proved"
    WRONG = "wrong"
    UNDECIDED = "not decided"


@dataclass(frozen=True)
class Verdict:
    """What came of a relation.

    Attributes:
        name: The relation.
        left: One side as a user would write it.
        sign: "==" or ">=".
        right: The other side.
        location: Where it is stated.
        outcome: Whether it holds.
        steps: How many steps it was proved for, None for every step.
        keeps: Which states correspond, and how, in a proof for every step.
        residual: What is left of the difference of the sides, and the case in which it is.
        counterexample: Numbers for which the sides differ.
        reason: Why nothing was decided.
        seconds: How long it took.
    """

    name: str
    left: str
    sign: str
    right: str
    location: str
    outcome: Outcome
    steps: int | None = None
    keeps: Mapping[str, str] = field(default_factory=dict)
    residual: str = ""
    counterexample: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0

    @property
    def proved(self) -> bool:
        """Whether it holds, by proof."""
        return self.outcome is Outcome.PROVED

    @property
    def extent(self) -> str:
        """What was proved: for how many steps."""
        if not self.proved:
            return str(self.outcome)
        if self.steps is None:
            return "every step"
        return "first step" if self.steps == 1 else f"first {self.steps} steps"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "left": self.left,
            "sign": self.sign,
            "right": self.right,
            "source": self.location,
            "outcome": self.outcome.value,
            "proved": self.proved,
            "steps": "every" if self.proved and self.steps is None else self.steps,
            "keeps": dict(self.keeps),
            "residual": self.residual,
            "counterexample": dict(self.counterexample),
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
        }
