"""How long a step takes: on a CPU for whoever waits, on a GPU for the host and for the device apart."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import torch

Step = Callable[[], Any]


class Sample(NamedTuple):
    """Seconds of one step.

    Attributes:
        wall: Until everything is done.
        host: Until `step()` returns; None where nothing goes on behind it.
        device: Between two events on the device, which has work queued before the first; None likewise.
    """

    wall: float
    host: float | None = None
    device: float | None = None


class Clock(Protocol):
    """Times steps on some device."""

    def time(self, step: Step) -> Sample:
        """Make a step."""


class CpuClock:
    """Where a step has been made when it returns."""

    def time(self, step: Step) -> Sample:
        """Make a step."""
        start = time.perf_counter()
        step()
        return Sample(time.perf_counter() - start)


class CudaClock:
    """Where a step only queues work for the device.

    Two steps are made: one for a device that is idle, which gives the times of host and wall, and one for a device that
    sleeps until all of the step is queued, which gives its own time. A step of more kernels than the queue takes, about
    a thousand, waits for the device while it queues them: its device's time then holds waiting for the host.
    """

    def __init__(self) -> None:
        cycles = 10_000_000
        self._sleep(cycles)  # loads the kernel that sleeps
        self._cycles_a_second = cycles / self._between_events(lambda: self._sleep(cycles))

    def time(self, step: Step) -> Sample:
        """Make two steps."""
        torch.cuda.synchronize()
        start = time.perf_counter()
        step()
        host = time.perf_counter() - start
        torch.cuda.synchronize()
        wall = time.perf_counter() - start
        self._sleep(int((2 * host + 1e-3) * self._cycles_a_second))
        return Sample(wall, host, self._between_events(step))

    @staticmethod
    def _sleep(cycles: int) -> None:
        """Keep the device busy with nothing; torch has it for its own tests."""
        torch.cuda._sleep(cycles)  # type: ignore[no-untyped-call]  # torch has no types for it

    @staticmethod
    def _between_events(step: Step) -> float:
        """Seconds of the device from one event, recorded before a step, to one behind it."""
        event: Callable[..., Any] = torch.cuda.Event
        begin, end = (event(enable_timing=True) for _ in range(2))
        begin.record()
        step()
        end.record()
        torch.cuda.synchronize()
        return float(begin.elapsed_time(end)) / 1e3


def clock_of(device: str) -> Clock:
    """The clock for "cpu" or "cuda"."""
    return CudaClock() if device == "cuda" else CpuClock()
