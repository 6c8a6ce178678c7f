"""Times of steps that take turns: what the machine does beside, all of them feel."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from .rivals import Rival


@dataclass(frozen=True)
class Times:
    """Seconds of a step.

    Attributes:
        median: Of all rounds.
        low: Lower quartile.
        high: Upper quartile.
        rounds: How many there were.
    """

    median: float
    low: float
    high: float
    rounds: int

    def as_dict(self) -> dict[str, float | int]:
        """Plain values for JSON."""
        return {"median_s": self.median, "low_s": self.low, "high_s": self.high, "rounds": self.rounds}


def interleaved(rivals: Sequence[Rival], device: str, seconds: float, most: int = 60) -> dict[str, Times]:
    """Let each make a step, then each the next one.

    Args:
        rivals: Who.
        device: "cpu" or "cuda", which is waited for.
        seconds: How long all rounds together may take; at least five are made.
        most: Rounds at most.
    """
    wait: Callable[[], Any] = torch.cuda.synchronize if device == "cuda" else lambda: None
    found: dict[str, list[float]] = {rival.name: [] for rival in rivals}
    for _ in range(2):  # compiles, and makes the states
        for rival in rivals:
            rival.step()
    wait()
    gc.collect()
    gc.disable()
    try:
        begin = time.perf_counter()
        for number in range(most):
            for rival in rivals:
                wait()
                start = time.perf_counter()
                rival.step()
                wait()
                found[rival.name].append(time.perf_counter() - start)
            if number >= 4 and time.perf_counter() - begin > seconds:
                break
    finally:
        gc.enable()
    return {name: _times(values) for name, values in found.items()}


def _times(values: list[float]) -> Times:
    low, _, high = statistics.quantiles(values, n=4)
    return Times(statistics.median(values), low, high, len(values))
