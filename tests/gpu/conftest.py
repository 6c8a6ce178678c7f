"""Tests for a real GPU: without one they are all skipped, before anything heavy is imported.

`OPTGEN_GPU_TESTS` says otherwise: `interpret` runs on the CPU, in Triton's interpreter, what does not ask CUDA itself;
`cuda` makes it a mistake that there is no GPU.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

MODE = os.environ.get("OPTGEN_GPU_TESTS", "")
MODES = ("", "cuda", "interpret")
REPORT = os.environ.get("OPTGEN_GPU_REPORT", "")
"""File that gets a line of JSON for each test as soon as it is done: what a run that is cut short leaves."""


def _has_driver() -> bool:
    """Whether it is worth to ask torch, which takes seconds to import."""
    if any(map(Path.exists, (Path("/dev/nvidiactl"), Path("/dev/nvidia0"), Path("/dev/dxg"), Path("/dev/kfd")))):
        return True
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


def _why_not() -> str:
    """Why tests cannot run here; empty where they can."""
    if MODE == "interpret":
        return ""
    if MODE == "cuda" or _has_driver():
        import torch

        if torch.cuda.is_available():
            return ""
    return "there is no GPU here that torch can use (OPTGEN_GPU_TESTS=interpret runs some of it without)"


WHY_NOT = _why_not()
if MODE not in MODES or (MODE == "cuda" and WHY_NOT):
    raise pytest.UsageError(f"OPTGEN_GPU_TESTS={MODE}: {WHY_NOT or 'it has to be cuda or interpret, or not to be set'}")
if MODE == "interpret":
    if "triton" in sys.modules:
        raise pytest.UsageError("OPTGEN_GPU_TESTS=interpret: Triton was imported already; run tests/gpu alone")
    os.environ["TRITON_INTERPRET"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    """The interpreter computes with NumPy, which warns where numbers overflow, as they may."""
    if MODE == "interpret":
        config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning:triton")


class _Absent(pytest.Module):
    """A file of tests that is not looked into."""

    def collect(self) -> Iterator[pytest.Item]:
        """Nothing, for the same reason in each."""
        pytest.skip(WHY_NOT, allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Without a GPU, do not even import a file of tests."""
    return _Absent.from_parent(parent, path=module_path) if WHY_NOT else None


@pytest.fixture(autouse=True)
def _faults(request: pytest.FixtureRequest) -> Iterator[None]:
    """Behind a fault a process cannot use its GPU any more: pytest-xdist starts another one for the other tests."""
    yield
    if MODE != "interpret":
        import torch

        try:
            torch.cuda.synchronize()
        except RuntimeError:
            if hasattr(request.config, "workerinput"):
                os._exit(1)
            raise


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down how a test ended; its setup and teardown only where they did not pass."""
    if REPORT and not os.environ.get("PYTEST_XDIST_WORKER") and (report.when == "call" or not report.passed):
        row = {"test": report.nodeid, "outcome": report.outcome, "seconds": round(report.duration, 3)}
        if not report.passed:
            row["why"] = report.longreprtext[-4000:]
        with Path(REPORT).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
