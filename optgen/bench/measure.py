"""Times of steps that take turns: what the machine does beside, all of them feel."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from .clocks import Clock, Sample
from .rivals import Rival

FEWEST, MOST = 5, 40
"""Steps of each that are timed; how many between these, its share of the seconds says."""


@dataclass(frozen=True)
class Spread:
    """Seconds of many steps.

    Attributes:
        median: Of all.
        low: Lower quartile.
        high: Upper quartile.
    """

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least two values."""
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)

    def as_dict(self, prefix: str = "") -> dict[str, float]:
        """Plain values for JSON, in seconds, to a millionth of themselves."""
        values = {"median": self.median, "low": self.low, "high": self.high}
        return {f"{prefix}{name}_s": float(f"{value:.6g}") for name, value in values.items()}


@dataclass(frozen=True)
class Times:
    """Times of a rival's steps.

    Attributes:
        wall: Until everything is done.
        host: Until `step()` returns; None on a CPU, where that is the same.
        device: Of the device alone; None on a CPU.
        rounds: How many steps there were.
    """

    wall: Spread
    host: Spread | None
    device: Spread | None
    rounds: int

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Times:
        """The times of at least two steps."""
        wall, host, device = zip(*samples, strict=True)
        apart = [None if None in values else Spread.of(values) for values in (host, device)]
        return cls(Spread.of(wall), apart[0], apart[1], len(samples))

    @property
    def work(self) -> float:
        """Median of what the step itself takes: of the device where that is known, else of all."""
        return (self.device or self.wall).median

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        found: dict[str, Any] = {**self.wall.as_dict(), "rounds": self.rounds}
        for name, spread in (("host", self.host), ("device", self.device)):
            found |= spread.as_dict(f"{name}_") if spread else {}
        return found


def interleaved(rivals: Sequence[Rival], clock: Clock, seconds: float) -> dict[str, Times]:
    """Let each make a step, then each the next one, in another order: threads of the one before may still be awake.

    Of slow rivals fewer steps are timed, spread evenly over the whole time.

    Args:
        rivals: Who; each has made its first step.
        clock: Times a step.
        seconds: How long all may take together, if five steps of each are no longer.
    """
    share = seconds / len(rivals)
    counts = []
    for rival in rivals:
        once = clock.time(rival.step).wall
        counts.append(max(FEWEST, min(MOST, int(share / once) if once else MOST)))
    found: dict[str, list[Sample]] = {rival.name: [] for rival in rivals}
    shuffle = Random(0).shuffle
    order = list(zip(rivals, counts, strict=True))
    gc.collect()
    gc.disable()
    try:
        for number in range(MOST):
            for rival, count in order:
                if (number + 1) * count // MOST > number * count // MOST:
                    found[rival.name].append(clock.time(rival.step))
            shuffle(order)
    finally:
        gc.enable()
    return {name: Times.of(samples) for name, samples in found.items()}
