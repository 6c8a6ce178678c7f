"""All that takes a GPU, within nine minutes: `python benchmarks/gpu.py --out DIR`, from a checkout.

optgen does not have to be installed: NumPy, pytest, and PyTorch with Triton are enough for the tests, and pytest-xdist
makes them quicker; the benchmark and the verification take what `pyproject.toml` names. What matters most comes first,
each part has its time, and whatever one that runs out of it has written stays. DIR gets

    summary.json    how each part ended, what the tests found, and the machine
    adamw.json      AdamW beside torch's fused one and a copy, at two sizes
    bench.json      `optgen bench --device cuda --all`
    verify.json     `optgen verify --device cuda`
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 530.0
TEST_FILES = ("parity", "graphs", "places", "scaled_losses", "launches", "large", "memory_of_states")
"""Of `tests/gpu`, the most important first."""
SHOWN = 6000
"""Letters of a part's output that are kept."""


GPU = ("--device", "cuda")


@dataclass(frozen=True)
class Part:
    """A command with a time limit.

    Attributes:
        name: Of the part.
        seconds: How long it may take at most.
        command: What is run, in the root of the checkout.
        needs: Modules without which it is left out.
        result: File for what it writes to standard output; None for the summary.
    """

    name: str
    seconds: float
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    result: Path | None = None


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for all parts together")
    parser.add_argument("--only", nargs="*", help="names of parts")
    given = parser.parse_args()
    out: Path = given.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + given.seconds
    summary: dict[str, Any] = {"machine": _machine(), "parts": {}}
    with TemporaryDirectory(prefix="optgen-gpu-") as work:
        for part in _parts(out):
            if given.only and part.name not in given.only:
                continue
            summary["parts"][part.name] = _run(part, Path(work), end - time.monotonic())
            if part.name == "tests":
                summary["tests"] = _tests(Path(work) / "tests.jsonl")
            (out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
            print(f"{part.name}: {_told(summary, part.name)}", flush=True)
    sys.exit(any(part["exit_code"] for part in summary["parts"].values()))


def _parts(out: Path) -> list[Part]:
    """What is run, the most important first."""
    python, optgen = (sys.executable,), (sys.executable, "-m", "optgen")
    typed = ("typer", "rich", "sympy", "mpmath", "jinja2")
    files = [f"tests/gpu/test_{name}.py" for name in TEST_FILES]
    # Whatever else warns there is not what is tested; pytest-benchmark does not go along with pytest-xdist.
    pytest: tuple[str, ...] = (
        *python,
        "-m",
        "pytest",
        "-W",
        "default",
        "-p",
        "no:benchmark",
        "-p",
        "no:cacheprovider",
        "-rs",
    )
    if importlib.util.find_spec("xdist"):
        pytest += ("-n", str(max(1, min(12, (os.cpu_count() or 2) - 2))))
    return [
        Part("adamw", 60, (*python, "benchmarks/adamw_on_gpu.py", str(out / "adamw.json")), ("triton",)),
        Part("tests", 240, (*pytest, *files), ("pytest",)),
        Part("bench", 140, (*optgen, "bench", *GPU, "--all", "--save", str(out / "bench.json")), typed),
        Part("verify", 120, (*optgen, "verify", *GPU, "--jobs", "8", "--json"), typed, out / "verify.json"),
    ]


def _run(part: Part, work: Path, left: float) -> dict[str, Any]:
    """Run a part, in what time it and all have left.

    Args:
        part: Which.
        work: Folder for what is not kept.
        left: Seconds of all.
    """
    missing = [name for name in part.needs if not importlib.util.find_spec(name)]
    if missing or left < 5:
        why = f"{', '.join(missing)} cannot be imported" if missing else "no time was left"
        return {"exit_code": 1, "seconds": 0.0, "why": why}
    begin, log = time.monotonic(), work / f"{part.name}.log"
    with log.open("w", encoding="utf-8") as output, contextlib.ExitStack() as files:
        target = files.enter_context(part.result.open("w", encoding="utf-8")) if part.result else output
        process = subprocess.Popen(
            part.command, cwd=ROOT, env=_environment(work), stdout=target, stderr=output, start_new_session=True
        )
        late = not _ended(process, min(part.seconds, left))
    seconds = round(time.monotonic() - begin, 1)
    text = log.read_text(encoding="utf-8", errors="replace")[-SHOWN:]
    return {"exit_code": process.returncode, "seconds": seconds, "cut_short": late, "output": text}


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for a process to end by itself; one that does not is ended, with all that it has started."""
    try:
        process.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        for number in (signal.SIGINT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
        return False


def _environment(work: Path) -> dict[str, str]:
    """An environment in which optgen is imported from the checkout.

    Its version is asked for by the benchmark, so that there is a folder that gives it, as where it is installed.
    """
    sys.path.insert(0, str(ROOT))
    from optgen import __version__

    facts = work / f"optgen-{__version__}.dist-info"
    facts.mkdir(exist_ok=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: optgen\nVersion: {__version__}\n")
    paths = [str(ROOT), str(work), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}
    environment |= {"OPTGEN_GPU_TESTS": os.environ.get("OPTGEN_GPU_TESTS", "cuda")}
    environment |= {"OPTGEN_GPU_REPORT": str(work / "tests.jsonl")}
    # JAX, which optax runs on, takes three quarters of a GPU's memory before it needs any.
    return environment | {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


def _tests(file: Path) -> dict[str, Any]:
    """How many tests ended how, those that failed, and the slowest."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    slowest = sorted(rows, key=lambda row: -float(row["seconds"]))[:10]
    return {
        "outcomes": dict(Counter(row["outcome"] for row in rows)),
        "not_passed": [row for row in rows if row["outcome"] != "passed"],
        "slowest": {row["test"]: row["seconds"] for row in slowest},
    }


def _told(summary: dict[str, Any], name: str) -> str:
    """How a part ended, in a line."""
    part = summary["parts"][name]
    if "why" in part:
        return f"left out: {part['why']}"
    ending = "cut short" if part["cut_short"] else f"exit code {part['exit_code']}"
    found = f", {summary['tests']['outcomes']}" if name == "tests" else ""
    return f"{ending} in {part['seconds']} s{found}"


def _machine() -> dict[str, Any]:
    """Where it runs; torch is asked for its device in a process of its own, which ends and leaves the GPU."""
    script = (
        "import json, torch, triton; ok = torch.cuda.is_available(); "
        "print(json.dumps({'gpu': torch.cuda.get_device_name() if ok else None, 'torch': torch.__version__, "
        "'triton': triton.__version__, 'cuda': torch.version.cuda}))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    told = json.loads(found.stdout) if found.returncode == 0 else {"error": found.stderr[-500:]}
    return {"python": platform.python_version(), "cores": os.cpu_count(), **told}


if __name__ == "__main__":
    main()
