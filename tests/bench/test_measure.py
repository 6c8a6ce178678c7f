"""Times: all take turns, slow ones fewer, and on a GPU the host's time and the device's are told apart."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from optgen.bench.clocks import CpuClock, CudaClock, Sample
from optgen.bench.measure import FEWEST, MOST, Spread, Times, interleaved
from optgen.bench.rivals import Rival


class Told:
    """A clock on which each step takes as long as it says."""

    def time(self, step: Any) -> Sample:
        return Sample(step())


def test_they_take_turns_and_each_is_first_at_times() -> None:
    made: list[str] = []

    def rival(name: str) -> Rival:
        return Rival(name, lambda: made.append(name) or 1.0)  # type: ignore[func-returns-value]  # which is the point

    times = interleaved([rival(name) for name in "abc"], Told(), 1000.0)
    assert {own.rounds for own in times.values()} == {MOST}
    rounds = ["".join(made[3 + 3 * n : 6 + 3 * n]) for n in range(MOST)]
    assert all(set(turn) == set("abc") for turn in rounds)
    assert {turn[0] for turn in rounds} == set("abc")


def test_slow_ones_make_fewer_steps_over_the_whole_time() -> None:
    made: list[str] = []
    rivals = [Rival(n, lambda n=n, s=s: made.append(n) or s) for n, s in (("fast", 0.01), ("slow", 1.0))]  # type: ignore[misc,func-returns-value]
    times = interleaved(rivals, Told(), 4.0)
    assert times["slow"].rounds == FEWEST
    assert times["fast"].rounds == MOST
    places = [place for place, name in enumerate(made[2:]) if name == "slow"]
    assert places[0] < len(made) / 4
    assert places[-1] > 3 * len(made) / 4


def test_a_spread_is_of_quartiles() -> None:
    assert Spread.of([5.0, 1.0, 2.0, 3.0, 4.0]) == Spread(3.0, 2.0, 4.0)
    assert Spread(3.0, 2.0, 4.0).as_dict("host_") == {"host_median_s": 3.0, "host_low_s": 2.0, "host_high_s": 4.0}


def test_on_a_cpu_there_is_one_time() -> None:
    sample = CpuClock().time(lambda: time.sleep(0.01))
    assert 0.01 <= sample.wall < 1
    assert Times.of([sample, sample]).as_dict().keys() == {"median_s", "low_s", "high_s", "rounds"}


class Gpu:
    """A made-up GPU, which works through a queue beside the host."""

    def __init__(self) -> None:
        self.now = self.free = 100.0

    def queue(self, seconds: float) -> None:
        self.free = max(self.free, self.now) + seconds

    def step(self, host: float, device: float) -> None:
        """Queue four kernels, one after the other."""
        for _ in range(4):
            self.now += host / 4
            self.queue(device / 4)

    def synchronize(self) -> None:
        self.now = max(self.now, self.free)

    def event(self, enable_timing: bool) -> Any:
        assert enable_timing
        made = SimpleNamespace(at=0.0)
        made.record = lambda: setattr(made, "at", max(self.free, self.now))
        made.elapsed_time = lambda end: 1e3 * (end.at - made.at)
        return made


@pytest.mark.parametrize(
    ("host", "device", "wall"), [(0.001, 0.02, 0.02025), (0.02, 0.001, 0.02025), (0.02, 0.04, 0.045)]
)
def test_host_and_device_are_told_apart(
    host: float, device: float, wall: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpu = Gpu()
    monkeypatch.setattr(torch.cuda, "synchronize", gpu.synchronize)
    monkeypatch.setattr(torch.cuda, "Event", gpu.event)
    monkeypatch.setattr(torch.cuda, "_sleep", lambda cycles: gpu.queue(cycles / 1.5e9))
    monkeypatch.setattr(time, "perf_counter", lambda: gpu.now)
    sample = CudaClock().time(lambda: gpu.step(host, device))
    assert sample.host == pytest.approx(host)
    assert sample.device == pytest.approx(device)
    assert sample.wall == pytest.approx(wall)
    times = Times.of([sample, sample])
    assert times.work == pytest.approx(device)
    assert {"host_median_s", "device_median_s", "median_s"} <= times.as_dict().keys()
