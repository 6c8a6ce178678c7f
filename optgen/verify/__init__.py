"""Numerical verification: equations, reference, kernel and CPU path against each other, in worker processes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from .pool import Worker
from .report import Report

if TYPE_CHECKING:
    from optgen.spec.model import Spec

TIMEOUT = 600.0
"""Seconds for one spec: a hundred times what it takes."""


def verify(
    units: Sequence[Spec],
    specs: Path,
    out: Path,
    *,
    device: str = "cpu",
    jobs: int | None = None,
    on_done: Callable[[Report], None] | None = None,
    timeout: float = TIMEOUT,
) -> list[Report]:
    """Verify optimizers whose code has been generated.

    Args:
        units: Captured specs.
        specs: Folder that they were found in.
        out: Folder of the generated code.
        device: "cpu" for Triton's interpreter and the CPU path, "cuda" for a GPU.
        jobs: Worker processes; as many as there are processors where None, and one on a GPU.
        on_done: Called with each report as it comes, one at a time, from any thread.
        timeout: Seconds after which the verification of a spec is given up.

    Returns:
        A report for each spec, in the order given. Nothing that generated code does raises here.
    """
    work = _Work(units, specs, out, on_done)
    count = min(len(units), jobs or (1 if device == "cuda" else os.cpu_count() or 1))
    workers = [Worker(device, timeout) for _ in range(count)]
    with ThreadPoolExecutor(max(1, count)) as pool:
        try:
            done, _ = wait([pool.submit(work.give, worker) for worker in workers], return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        finally:  # also on an interrupt: the threads wait for their processes
            work.stopped.set()
            for worker in workers:
                worker.stop()
    return [work.reports[number] for number in range(len(units))]


class _Work:
    """The specs that wait for a worker, and the reports that have come.

    Args:
        units: Captured specs.
        specs: Folder that they were found in.
        out: Folder of the generated code.
        on_done: Called with each report as it comes, one at a time, from any thread.

    Attributes:
        reports: By the number of the spec.
        stopped: Set when no more reports are wanted.
    """

    def __init__(self, units: Sequence[Spec], specs: Path, out: Path, on_done: Callable[[Report], None] | None) -> None:
        self.specs, self.out, self.on_done = specs, out, on_done
        self.waiting: SimpleQueue[tuple[int, Spec]] = SimpleQueue()
        for entry in enumerate(units):
            self.waiting.put(entry)
        self.reports: dict[int, Report] = {}
        self.telling, self.stopped = threading.Lock(), threading.Event()

    def give(self, worker: Worker) -> None:
        """Give a worker one spec after the other, until there is none, and end it."""
        while not self.stopped.is_set():
            try:
                number, spec = self.waiting.get_nowait()
            except Empty:
                break
            request = {"name": spec.name, "file": spec.location.file, "specs": str(self.specs), "out": str(self.out)}
            report = worker.verify(request)
            if self.stopped.is_set():
                break
            self.reports[number] = report
            if self.on_done:
                with self.telling:
                    self.on_done(report)
        worker.stop()
