"""A run of the benchmark: every optimizer at one size, and some at every size."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import torch

from .cases import CASES, EVERY, Case
from .measure import interleaved
from .rivals import copy_step, has_fused_rival, rivals

SECONDS = 6.0
"""For the rounds of one optimizer at one size."""


def machine(device: str) -> dict[str, Any]:
    """Where it ran, and with what."""
    packages = ("torch", "triton", "numba", "numpy", "optgen")
    found = {
        "device": torch.cuda.get_device_name() if device == "cuda" else _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in packages},
    }
    return found | {"date": datetime.now(UTC).date().isoformat()}


def _processor() -> str:
    """What the system calls the processor."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123  # no path of ours
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def results(
    classes: Sequence[str], bytes_of: dict[str, int], device: str, *, every_case: bool
) -> Iterator[dict[str, Any]]:
    """The times of each optimizer at one size, and of some at each; a result as soon as it is there.

    Args:
        classes: Of the optimizers.
        bytes_of: Bytes that a step of each moves for a number at least, in float32.
        device: "cpu" or "cuda".
        every_case: Whether some are run at every size.
    """
    for name in classes:
        yield _result(name, EVERY, bytes_of[name], device)
    for case in CASES[1:] if every_case else ():
        for name in filter(has_fused_rival, classes):
            yield _result(name, case, bytes_of[name], device)


def count(classes: Sequence[str], *, every_case: bool) -> int:
    """How many results there will be; arguments as for `results`."""
    return len(classes) + (len(CASES) - 1) * sum(map(has_fused_rival, classes)) * every_case


def _result(name: str, case: Case, bytes_each: int, device: str) -> dict[str, Any]:
    found = list(rivals(name, case, device))
    times = interleaved([*found, copy_step(case, device)], device, SECONDS)
    ours = times["ours"].median
    return {
        "optimizer": name,
        "case": case.name,
        "tensors": len(case.shapes),
        "numel": case.numel,
        "bytes_each": bytes_each,
        "times": {who: t.as_dict() for who, t in times.items()},
        "ratios": {who: t.median / ours for who, t in times.items() if who != "ours"},
        "bandwidth_of_copy": (bytes_each * case.numel / ours) / (8 * case.numel / times["copy"].median),
    }
