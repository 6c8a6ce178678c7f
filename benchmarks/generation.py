"""How long generation takes, and how it grows: `python benchmarks/generation.py [--record]`.

Every figure is the median of several runs on whatever machine this is, with the spread beside it. Nothing is asserted:
machines differ and are shared. `--record` writes benchmarks/results/generation.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from optgen.check import load_checked

ROOT = Path(__file__).resolve().parent.parent
COUNTS = (10, 50, 100, 200, 400)
CLASSICS = ("sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw", "radam", "adabelief", "lamb")
"""Nine that use every rate: a small set, whose figures stay comparable while the catalogue grows."""
RUNS = 5


def main() -> None:
    """Measure, print, and record where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write benchmarks/results/generation.json")
    record = parser.parse_args().record
    results: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "python": platform.python_version()},
        "classics": _classics(),
        "catalogue": _folder(ROOT / "specs"),
        "synthetic": [_synthetic(count) for count in COUNTS],
    }
    print(json.dumps(results, indent=2))
    if record:
        path = ROOT / "benchmarks" / "results" / "generation.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(results, indent=2) + "\n")


def _summary(values: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 4),
        "least": round(min(values), 4),
        "most": round(max(values), 4),
        "runs": len(values),
    }


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _fresh(code: str, *arguments: str) -> dict[str, float]:
    """Run code in a new interpreter, without anything cached between runs; it prints one JSON object."""
    command = [sys.executable, "-c", code, *arguments]
    return dict(json.loads(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout))


_GENERATE = """
import json, resource, sys, time
from pathlib import Path
from optgen.check import load_checked
from optgen.driver import generate
from optgen.targets import targets
targets()
folder = Path(sys.argv[1])
started = time.perf_counter()
files = sum(len(generate(spec, folder)) for spec in load_checked(folder))
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peak_mb": peak, "files": files}))
"""


def _classics() -> dict[str, Any]:
    """Figures of the nine."""
    with tempfile.TemporaryDirectory() as folder:
        specs = Path(folder) / "specs"
        specs.mkdir()
        for name in CLASSICS:
            shutil.copy(ROOT / "specs" / f"{name}.py", specs)
        return _folder(specs)


def _folder(specs: Path) -> dict[str, Any]:
    """Figures of a folder of specs; generation is without imports: capture, check, passes, every target's text."""
    return {
        "specs": len(load_checked(specs)),
        "generate_s": _summary([_fresh(_GENERATE, str(specs))["seconds"] for _ in range(RUNS)]),
        "no_op_build_s": _no_op(specs),
        "build_and_verify_s": _summary([_full_build(specs)]),
    }


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _build(specs: Path, out: Path, *options: str) -> None:
    command = [sys.executable, "-m", "optgen", "build", "--specs", str(specs), "--out", str(out), *options]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


def _no_op(specs: Path) -> dict[str, float]:
    """Seconds of wall time, the interpreter's start included, of a build with nothing to do."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "generated"
        _build(specs, out, "--no-verify")
        return _summary([_timed(lambda: _build(specs, out, "--no-verify")) for _ in range(3 * RUNS)])


def _full_build(specs: Path) -> float:
    """Seconds from nothing to generated and verified."""
    with tempfile.TemporaryDirectory() as folder:
        return _timed(lambda: _build(specs, Path(folder) / "generated"))


def _synthetic(count: int) -> dict[str, float]:
    """Generation of many made-up specs of the size of real ones."""
    with tempfile.TemporaryDirectory() as folder:
        specs = Path(folder) / "specs"
        specs.mkdir()
        for number in range(count):
            (specs / f"made_up_{number:03}.py").write_text(_spec(number))
        runs = [_fresh(_GENERATE, str(specs)) for _ in range(3)]
        built = _timed(lambda: _build(specs, Path(folder) / "generated", "--no-verify"))
    seconds = statistics.median(run["seconds"] for run in runs)
    return {
        "specs": count,
        "ms_per_spec": round(1000 * seconds / count, 3),
        "peak_mb": round(max(run["peak_mb"] for run in runs), 1),
        "build_without_verification_s": round(built, 3),
    }


_SPEC = '''"""A made-up optimizer."""

from optgen.spec import Grad, Hyper, Local, Param, State, hyper, norm, optimizer, sqrt, t, where


@optimizer(paper="none")
def made_up_{number:03}(
    theta: Param, g: Grad, m: State, v: State, mhat: Local, vhat: Local, r: Local, length: Local,
    lr: Hyper = hyper({lr}, ge=0), beta1: Hyper = hyper(0.9, ge=0, lt=1), beta2: Hyper = hyper(0.999, ge=0, lt=1),
    eps: Hyper = hyper(1e-8, ge=0), weight_decay: Hyper = hyper(0.01, ge=0),
) -> None:
    """Adaptive steps."""
    m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]
    v[t] = beta2 * v[t-1] + (1 - beta2) * g[t]**{power}
    mhat[t] = m[t] / (1 - beta1**t)
    vhat[t] = v[t] / (1 - beta2**t)
    r[t] = mhat[t] / (sqrt(vhat[t]) + eps) + weight_decay * theta[t-1]
    length[t] = {length}
    theta[t] = theta[t-1] - lr * where(length[t] > {limit}, 1 / length[t], 1) * r[t]
'''


def _spec(number: int) -> str:
    rng = random.Random(number)
    length = "norm(r[t])" if number % 4 == 0 else "1 + t * beta2"
    return _SPEC.format(
        number=number, lr=rng.choice((0.001, 0.01)), power=rng.choice((2, 4)), length=length, limit=rng.randint(1, 9)
    )


if __name__ == "__main__":
    main()
