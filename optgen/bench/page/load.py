"""What the folder of results has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optgen.bench.cases import EVERY

Row = dict[str, Any]

RIVALS = ("torch fused", "torch foreach", "torch compiled", "torch for-loop", "optax", "NumPy")
"""In the order of tables and pictures."""


@dataclass(frozen=True)
class Run:
    """A run of the benchmark.

    Attributes:
        name: Of the file, without its suffix.
        machine: Where, and with what.
        rows: Its results.
        host_cost: What a step costs the host for each tensor.
    """

    name: str
    machine: dict[str, Any]
    rows: tuple[Row, ...]
    host_cost: tuple[Row, ...]

    @property
    def on_gpu(self) -> bool:
        """Whether a GPU made the steps."""
        return bool(self.machine["kind"] == "cuda")

    @property
    def ratios(self) -> str:
        """What rows call the ratios of what a step itself takes: on a GPU of the device alone."""
        return "device_ratios" if self.on_gpu else "ratios"

    @property
    def one_size(self) -> list[Row]:
        """The results at the size at which every optimizer is run, by name."""
        return sorted((row for row in self.rows if row["case"] == EVERY.name), key=lambda row: row["optimizer"].lower())

    @property
    def sizes(self) -> list[Row]:
        """The results of those optimizers that are run at every size."""
        several = {row["optimizer"] for row in self.rows if row["case"] != EVERY.name}
        return [row for row in self.rows if row["optimizer"] in several]

    @property
    def rivals(self) -> list[str]:
        """Who takes part in any result, beside ours."""
        return [who for who in RIVALS if any(who in row["ratios"] for row in self.rows)]


@dataclass(frozen=True)
class Results:
    """All results.

    Attributes:
        runs: Of the benchmark, those of a CPU first.
        kernels: What `optgen inspect` says of each kernel and architecture.
    """

    runs: tuple[Run, ...]
    kernels: tuple[Row, ...]


def load(folder: Path) -> Results:
    """Read every file of a folder.

    Args:
        folder: Of JSON files, as `optgen bench --save` and `optgen inspect --json` write them; others are passed over.

    Raises:
        ValueError: A file is no JSON.
    """
    runs, kernels = [], []
    for file in sorted(folder.glob("*.json")):
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{file}: is damaged ({error})") from None
        if not isinstance(found, dict):
            continue
        if "kernels" in found:
            kernels += found["kernels"]
        elif {"machine", "results", "host_cost"} <= found.keys():
            runs.append(Run(file.stem, found["machine"], tuple(found["results"]), tuple(found["host_cost"])))
    return Results(tuple(sorted(runs, key=lambda run: run.on_gpu)), tuple(kernels))
