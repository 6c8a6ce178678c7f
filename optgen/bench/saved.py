"""A file of results: written as they come, and where asked to, together with those that it has of others."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

Report = dict[str, Any]

LISTS = {"results": ("optimizer", "case"), "host_cost": ("optimizer", "who", "gradients")}
"""What a report lists, and which entries of an entry tell what it is about."""

CHANGING = {"date", "load", "memory_gb"}
"""What is another in each run on the same machine."""


def machine(device: str) -> dict[str, Any]:
    """Where it ran, and with what.

    Args:
        device: "cpu" or "cuda".
    """
    packages = ("torch", "triton", "numba", "numpy", "optgen", "optax", "jax")
    found = {
        "device": torch.cuda.get_device_name() if device == "cuda" else _processor(),
        "kind": device,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in packages if importlib.util.find_spec(name)},
    }
    return found | {"load": round(os.getloadavg()[0], 1), "date": datetime.now(UTC).date().isoformat()}


def _processor() -> str:
    """What the system calls the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def merged(new: Report, old: Report) -> Report:
    """Results with those of an earlier run, as far as the new one has none about the same.

    Raises:
        ValueError: The earlier run was made on another machine or with other versions.
    """
    kept = {key: value for key, value in old["machine"].items() if key not in CHANGING}
    different = sorted(key for key, value in kept.items() if new["machine"].get(key) != value)
    if different or kept.keys() != new["machine"].keys() - CHANGING:
        raise ValueError(
            f"the results that are there are of another machine: {', '.join(different) or 'other packages'}"
        )
    found = dict(new)
    for name, keys in LISTS.items():
        about = {tuple(entry[key] for key in keys) for entry in new[name]}
        others = (entry for entry in old.get(name, ()) if tuple(entry[key] for key in keys) not in about)
        found[name] = [*others, *new[name]]
    return found


def write(report: Report, file: Path) -> None:
    """Write a report as JSON, one result a line; a file that is there is replaced at once."""
    parts = [f'"machine": {json.dumps(report["machine"])}']
    parts += [f'"{name}": [{_lines(report[name])}]' for name in LISTS]
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def _lines(entries: Iterable[dict[str, Any]]) -> str:
    lines = ",\n".join(f"  {json.dumps(entry)}" for entry in entries)
    return f"\n{lines}\n" if lines else ""
