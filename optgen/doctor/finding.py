"""What was found of one thing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How it is with something."""

    OK = "ok"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that optgen uses.

    Attributes:
        name: What it is.
        state: How it is.
        needed: Whether optgen cannot do without.
        found: A version, a path, a name; empty where there is none.
        use: What it is for.
        advice: How to get or mend it; empty where all is well.
    """

    name: str
    state: State
    needed: bool
    found: str = ""
    use: str = ""
    advice: str = ""

    @property
    def fails(self) -> bool:
        """Whether something is not as optgen needs it."""
        return self.needed and self.state is not State.OK

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"state": self.state.value}
