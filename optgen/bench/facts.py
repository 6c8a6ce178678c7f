"""What a result says of an optimizer besides its times."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import torch

from optgen.targets.base import Unit
from optgen.targets.signature import uses_noise


@dataclass(frozen=True)
class Facts:
    """An optimizer with its flags as they are by default.

    Attributes:
        optimizer: Name of the class.
        spec: Name of the spec.
        bytes_each: Bytes of float32 tensors that a step moves for each number of the parameters, at least.
        bytes_moved: Bytes that our step moves.
        passes: Over memory.
        noise: Whether random numbers are drawn.
    """

    optimizer: str
    spec: str
    bytes_each: int
    bytes_moved: int
    passes: int
    noise: bool

    @property
    def states(self) -> int:
        """States with a number for each of the parameters: what is moved beyond parameter and gradient, both ways."""
        return max(0, (self.bytes_each - 12) // 8)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def facts_of(unit: Unit) -> Facts:
    """What is known of an optimizer."""
    flags = {f.name: f.default for f in unit.spec.flags}
    plan = unit.schedule
    return Facts(
        unit.spec.class_name,
        unit.spec.name,
        plan.bytes_least(flags),
        plan.bytes_moved(flags),
        len(plan.phases),
        uses_noise(unit.spec),
    )


def has_fused_rival(name: str) -> bool:
    """Whether torch has a fused step of an optimizer: the fastest that there is to compare with.

    Args:
        name: Class of the optimizer.
    """
    theirs = getattr(torch.optim, name, None)
    return theirs is not None and "fused" in inspect.signature(theirs).parameters


def plainest(optimizers: Iterable[Facts]) -> Facts:
    """Of those that torch has fused steps of, the one that moves the fewest bytes: nearest to what memory allows."""
    return min((own for own in optimizers if has_fused_rival(own.optimizer)), key=lambda own: own.bytes_moved)
