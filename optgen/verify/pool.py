"""Worker processes: started when needed, killed when they hang, replaced when they die."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import optgen

from .report import Report


class Worker:
    """A process that verifies specs, one after another; a new one where the last has died.

    Args:
        device: "cpu" for Triton's interpreter, "cuda" for a GPU.
        timeout: Seconds after which a spec's verification is given up.
    """

    def __init__(self, device: str, timeout: float) -> None:
        self.device, self.timeout = device, timeout
        self.process: subprocess.Popen[str] | None = None
        self._cache = TemporaryDirectory(prefix="optgen-", ignore_cleanup_errors=True)
        self._closed = False
        self._lock = threading.Lock()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def verify(self, request: dict[str, Any]) -> Report:
        """The worker's report on a spec; an error where it died or did not end."""
        name = str(request["name"])
        process = self._running()
        if process is None:
            return Report(name, error="the verification was stopped")
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self.timeout, give_up)
        timer.start()
        try:
            at, report = _ask(process, request | {"device": self.device})
        finally:
            timer.cancel()
        if report is not None:
            if report.error and self.device != "cpu":
                self._discard()  # a fault leaves a GPU's process without use
            return report
        self._discard()
        where = f" in the run {at}" if at else ""
        if late.is_set():
            return Report(name, error=f"no end after {self.timeout:g} seconds{where}: stopped")
        return Report(name, error=f"the verifying process ended with {_ending(process.wait())}{where}")

    def stop(self) -> None:
        """End the process, whatever it is doing; no other is started."""
        with self._lock:
            self._closed = True
        self._discard()
        self._cache.cleanup()

    def _running(self) -> subprocess.Popen[str] | None:
        with self._lock:
            if self.process is None and not self._closed:
                self.process = _start(self.device, self._cache.name)
            return self.process

    def _discard(self) -> None:
        with self._lock:
            process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with contextlib.suppress(OSError):
                        stream.close()


def _start(device: str, cache: str) -> subprocess.Popen[str]:
    """A process of one thread, which takes nothing that was compiled before, and leaves nothing of that kind."""
    root = str(Path(optgen.__file__).resolve().parent.parent)
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
    environment |= {"NUMBA_NUM_THREADS": "1", "NUMBA_CACHE_DIR": cache}
    environment["TRITON_INTERPRET"] = "1" if device == "cpu" else "0"
    return subprocess.Popen(
        [sys.executable, "-m", "optgen.verify.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        start_new_session=True,  # an interrupt from the keyboard goes to whoever started it, and he ends it
    )


def _ask(process: subprocess.Popen[str], request: dict[str, Any]) -> tuple[str, Report | None]:
    """Send a request; what the process was last about, and its report, None where it ended without."""
    at = ""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            answer = json.loads(line)
            if "report" in answer:
                return at, Report.from_dict(answer["report"])
            at = answer["at"]
    except (OSError, ValueError):  # it died, or was stopped: its pipe is broken or closed
        pass
    return at, None


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
