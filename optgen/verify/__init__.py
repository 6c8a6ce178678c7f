"""Numerical verification: equations, reference and kernel against each other, in worker processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import optgen

from .report import Report

if TYPE_CHECKING:
    from optgen.spec.model import Spec


def verify(
    units: Sequence[Spec],
    specs: Path,
    out: Path,
    *,
    device: str = "cpu",
    jobs: int | None = None,
    on_done: Callable[[Report], None] | None = None,
) -> list[Report]:
    """Verify optimizers whose code has been generated.

    Args:
        units: Captured specs.
        specs: Folder that they were found in.
        out: Folder of the generated code.
        device: "cpu" for Triton's interpreter, "cuda" for a GPU.
        jobs: Worker processes; as many as there are processors where None, and one on a GPU.
        on_done: Called with each report as it comes, from any thread.

    Returns:
        A report for each spec, in the order given.
    """
    queue: SimpleQueue[Spec] = SimpleQueue()
    for spec in units:
        queue.put(spec)
    reports: dict[str, Report] = {}

    def serve() -> None:
        with _Worker(specs, out, device) as worker:
            while True:
                try:
                    spec = queue.get_nowait()
                except Empty:
                    return
                reports[spec.name] = worker.verify(spec)
                if on_done:
                    on_done(reports[spec.name])

    count = min(len(units), jobs or (1 if device == "cuda" else os.cpu_count() or 1))
    with ThreadPoolExecutor(max(1, count)) as pool:
        for future in [pool.submit(serve) for _ in range(count)]:
            future.result()
    return [reports[spec.name] for spec in units]


class _Worker:
    """One process that verifies specs, one after another."""

    def __init__(self, specs: Path, out: Path, device: str) -> None:
        self.specs, self.out, self.device = specs, out, device
        root = str(Path(optgen.__file__).resolve().parent.parent)
        paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
        environment["TRITON_INTERPRET"] = "1" if device == "cpu" else "0"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "optgen.verify.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        if self.process.stdout:
            self.process.stdout.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def verify(self, spec: Spec) -> Report:
        """The worker's report; an error where it died."""
        request = {
            "name": spec.name,
            "file": spec.location.file,
            "specs": str(self.specs),
            "out": str(self.out),
            "device": self.device,
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            return Report(spec.name, error=f"the verifying process ended with exit code {self.process.wait()}")
        return Report.from_dict(json.loads(line))
