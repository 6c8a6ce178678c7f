"""What matters most on a GPU, within a minute: AdamW beside torch's fused one and a copy, of large and small tensors.

`python benchmarks/adamw_on_gpu.py FILE` writes JSON. Steps take turns: what else the machine does, all of them feel.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

CASES = {"10 x 16.8M": (10, 1 << 24), "1000 x 1024": (1000, 1 << 10)}
ROUNDS = 60
BYTES_EACH, BYTES_OF_COPY = 28, 8
"""Bytes that are moved for an element in float32: four tensors are read and three written; one of each."""
AHEAD = 4_000_000
"""Cycles of work that the GPU is given before a step, some milliseconds, so that it never waits for the host."""


def main() -> None:
    """Measure each case, and write what there is behind each."""
    results: dict[str, Any] = {"device": torch.cuda.get_device_name(), "torch": torch.__version__, "cases": {}}
    for name, (count, size) in CASES.items():
        results["cases"][name] = _case(count, size)
        Path(sys.argv[1]).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        print(name, json.dumps(results["cases"][name]["ratios"]), flush=True)


def _params(count: int, size: int) -> list[torch.nn.Parameter]:
    params = [torch.nn.Parameter(torch.randn(size, device="cuda")) for _ in range(count)]
    for param in params:
        param.grad = torch.randn_like(param)
    return params


def _case(count: int, size: int) -> dict[str, Any]:
    """Times of a step for so many tensors of a size, and how many times as long the others take."""
    from optgen.optim import AdamW

    source, target = (torch.randn(count * size, device="cuda") for _ in range(2))
    steps: dict[str, Callable[[], Any]] = {
        "ours": AdamW(_params(count, size)).step,
        "torch fused": torch.optim.AdamW(_params(count, size), fused=True).step,
        "copy": lambda: target.copy_(source),
    }
    for step in steps.values():
        for _ in range(3):
            step()
    found: dict[str, dict[str, list[float]]] = {who: {"device_s": [], "host_s": []} for who in steps}
    for _ in range(ROUNDS):
        for who, step in steps.items():
            host, device = _timed(step)
            found[who]["host_s"].append(host)
            found[who]["device_s"].append(device)
    times = {who: {what: _spread(values) for what, values in own.items()} for who, own in found.items()}
    ratios = {
        f"{what} of {who}": round(times[who][what]["median"] / times["ours"][what]["median"], 3)
        for who in ("torch fused", "copy")
        for what in ("device_s", "host_s")
    }
    as_a_copy = BYTES_EACH / BYTES_OF_COPY * times["copy"]["device_s"]["median"]
    bandwidth = {who: round(as_a_copy / times[who]["device_s"]["median"], 3) for who in ("ours", "torch fused")}
    return {"numel": count * size, "times": times, "ratios": ratios, "bandwidth_of_copy": bandwidth}


def _timed(step: Callable[[], Any]) -> tuple[float, float]:
    """Seconds of the host until a step returns, and of the device for what it was given."""
    cuda: Any = torch.cuda  # parts of which have no types
    begin, end = (cuda.Event(enable_timing=True) for _ in range(2))
    cuda.synchronize()
    cuda._sleep(AHEAD)
    begin.record()
    start = time.perf_counter()
    step()
    host = time.perf_counter() - start
    end.record()
    end.synchronize()
    return host, begin.elapsed_time(end) / 1e3


def _spread(values: list[float]) -> dict[str, float]:
    low, median, high = statistics.quantiles(values, n=4)
    return {"median": median, "low": low, "high": high}


if __name__ == "__main__":
    main()
