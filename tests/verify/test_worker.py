"""The process that verifies: its protocol, what it survives, and that it outlives nobody."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from code_for_tests import request_for

from optgen.spec.model import Spec
from optgen.verify.pool import Worker
from optgen.verify.report import Report

Made = tuple[Spec, Path, Path]


def change(out: Path, module: str, old: str, new: str) -> None:
    file = out / "tiny" / f"{module}.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_it_answers_a_request_with_runs_and_a_report(tiny: Made) -> None:
    environment = {**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    change(tiny[2], "reference", "import numpy as np\n", "import numpy as np\nprint('hello')\n")
    command, pipe = [sys.executable, "-m", "optgen.verify.worker"], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(json.dumps(request_for(*tiny, device="cpu")) + "\n")
        process.stdin.flush()
        answers: list[dict[str, Any]] = []
        while not answers or "report" not in answers[-1]:
            answers.append(json.loads(process.stdout.readline()))
        process.stdin.close()
        assert process.wait(timeout=10) == 0
        assert "hello" in process.stderr.read()  # and not among the answers
    report = Report.from_dict(answers[-1]["report"])
    assert report.passed, report.error
    assert len(answers) > 30
    assert answers[0] == {"at": "defaults: lr=0.1, beta=0.9, start=0.5, 37 elements"}


def test_it_ends_with_its_input_even_in_the_middle_of_a_run(tiny: Made) -> None:
    change(tiny[2], "reference", "    g = grad\n", "    while True: pass\n")
    worker = Worker("cpu", timeout=60)
    process = worker._running()
    assert process
    assert process.stdin
    process.stdin.write(json.dumps(request_for(*tiny, device="cpu")) + "\n")
    process.stdin.flush()
    assert process.stdout
    assert "at" in process.stdout.readline()
    process.stdin.close()  # as when whoever started it is killed
    assert process.wait(timeout=10) == 0
    worker.stop()


def test_the_kernel_is_interpreted(tiny: Made, worker: Worker) -> None:
    assert worker.verify(request_for(*tiny)).passed


def test_a_worker_is_asked_again_and_again(tiny: Made, worker: Worker) -> None:
    first = worker.verify(request_for(*tiny))
    process = worker.process
    assert worker.verify(request_for(*tiny)) == first
    assert worker.process is process


def test_another_seed_gives_other_numbers(tiny: Made, worker: Worker) -> None:
    assert worker.verify(request_for(*tiny, seed=1)) != worker.verify(request_for(*tiny, seed=2))


GRAD = "    g = grad\n"
STORE = "tl.store(m_ptr + offs, m, mask)"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (GRAD, "    g = undefined\n", ": 'g = undefined' raised NameError"),
        (GRAD, f"{GRAD}    grad *= 2\n", "reference.py: step() changed g in place"),
        (GRAD, "    g = grad.astype('d')\n", "step() gives theta as float64[37], wanted float32[37]"),
        ("arrays(m=m)", "arrays(m=m, n=m)", "step() gives the states ['m', 'n'], wanted ['m']"),
        ("np.full_like(theta, start)", "np.ones(3)", "init() gives m as float64[3], wanted float64[37]"),
    ],
)
def test_a_reference_that_breaks_its_word_is_an_error(
    tiny: Made, worker: Worker, old: str, new: str, message: str
) -> None:
    change(tiny[2], "reference", old, new)
    report = worker.verify(request_for(*tiny))
    assert not report.passed
    assert message in report.error
    assert "lr=0.1" in report.error


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    m = beta *", "    m = gamma *", "kernel.py:"),
        ("tl.load(g_ptr + offs, mask)", "tl.load(g_ptr + offs)", "reads memory outside of series 1"),
        (STORE, "tl.store(m_ptr + offs, m)", "writes memory outside of series 2"),
        (STORE, f"{STORE}\n    tl.store(g_ptr + offs, g + 1.0, mask)", "step_() changed g at t=1"),
        ("    touched(theta)", '    state["m"] = theta\n    touched(theta)', "put other tensors into state"),
    ],
)
def test_a_kernel_that_breaks_its_word_is_an_error(
    tiny: Made, worker: Worker, old: str, new: str, message: str
) -> None:
    change(tiny[2], "kernel", old, new)
    report = worker.verify(request_for(*tiny))
    assert message in report.error
    assert "elements" in report.error


def test_nothing_that_was_compiled_is_left(tiny: Made) -> None:
    with Worker("cpu", timeout=60) as worker:
        assert worker.verify(request_for(*tiny)).passed
        folder = Path(worker._cache.name)
        assert list(folder.rglob("*.nbi"))
    assert not folder.exists()
    assert not list(tiny[2].rglob("*.nbi"))


@pytest.mark.parametrize("module", ["reference", "kernel", "cpu"])
def test_a_wrong_initial_state_is_a_miss(tiny: Made, worker: Worker, module: str) -> None:
    change(tiny[2], module, "full_like(theta, start", "full_like(theta, 2 * start")
    report = worker.verify(request_for(*tiny))
    assert any(miss.against == "initial state" and miss.quantity == "m" and miss.step == 0 for miss in report.misses)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (", offs, mask)))", ", offs, None)))"),  # a sum over what is masked off
        ("    tl.store(partials_ptr", "    0 * (partials_ptr"),  # and one that is never stored
        ("partials = torch.empty(firsts[-1],", "partials = torch.empty(1,"),  # or has no room
    ],
)
def test_a_sum_that_goes_wrong_by_chance_only_is_found(
    make: Callable[[str], tuple[list[Spec], Path, Path]], worker: Worker, old: str, new: str
) -> None:
    text = "from optgen.spec import *\n@optimizer()\ndef tiny(theta: Param, g: Grad) -> None:\n    "
    specs, folder, out = make(f'{text}"""Normalized."""\n    theta[t] = theta[t-1] - g[t] / (1 + norm(g[t]))\n')
    change(out, "kernel", old, new)
    assert not worker.verify(request_for(specs[0], folder, out)).passed


@pytest.mark.parametrize("reduction", ["norm", "total", "mean", "max_abs"])
def test_a_sum_that_leaves_out_what_is_beyond_many_blocks_is_found(
    make: Callable[[str], tuple[list[Spec], Path, Path]], worker: Worker, reduction: str
) -> None:
    text = "from optgen.spec import *\n@optimizer()\ndef tiny(theta: Param, g: Grad) -> None:\n    "
    equation = f"theta[t] = theta[t-1] - g[t] / (1 + {reduction}(g[t])**2)"
    specs, folder, out = make(f'{text}"""Normalized."""\n    {equation}\n')
    file = out / "_runtime" / "device.py"
    whole = file.read_text()
    for turns in ("range(0, 1, WIDTH)", "range(0, min(count, 2 * WIDTH), WIDTH)"):
        file.write_text(whole.replace("range(0, count, WIDTH)", turns))
        assert file.read_text() != whole
        report = worker.verify(request_for(specs[0], folder, out))
        assert report.misses
        assert all("kernel" in miss.target for miss in report.misses)


FOUR = """
from optgen.spec import *


@optimizer()
def tiny(
    theta: Param, g: Grad, d: Local, e: Local, m: State = state(only_if="heavy"), heavy: Flag = flag(doc="average"),
    maximize: Flag = flag(doc="up"), signed: Flag = flag(True, doc="sign"), decay: Flag = flag(True, doc="decay"),
    lr: Hyper = hyper(0.1, ge=0), beta: Hyper = hyper(0.9, ge=0, lt=1),
) -> None:
    '''Four flags.'''
    d[t] = where(maximize, -g[t], g[t]) + where(decay, theta[t-1] / 100, 0)
    m[t] = beta * m[t-1] + d[t]
    e[t] = where(heavy, m[t], d[t])
    theta[t] = theta[t-1] - lr * where(signed, sign(e[t]), e[t])
"""


@pytest.mark.parametrize("wrong", ["heavy and maximize", "maximize and not signed", "not signed and not decay"])
def test_a_mistake_that_takes_two_of_four_flags_is_found(
    make: Callable[[str], tuple[list[Spec], Path, Path]], worker: Worker, wrong: str
) -> None:
    specs, folder, out = make(FOUR)
    line = "    theta = theta - lr * ("
    change(out, "kernel", line, f"    if {wrong}:\n        lr = 1.01 * lr\n{line}")
    report = worker.verify(request_for(specs[0], folder, out))
    assert not report.error
    assert report.misses


def test_it_stops_when_enough_has_missed(tiny: Made, worker: Worker) -> None:
    change(tiny[2], "kernel", "    m = beta *", "    m = 2.0 * beta *")
    few = worker.verify(request_for(*tiny, patience=1))
    many = worker.verify(request_for(*tiny, patience=1000))
    assert not few.passed
    assert few.stopped
    assert not many.stopped
    assert 20 * few.checks[0].comparisons < many.checks[0].comparisons


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nothing_of_this_name\n", "nothing_of_this_name"),
        ("x = 1\n", "has no spec tiny"),
        ("", "has no spec tiny"),
    ],
)
def test_a_spec_that_has_gone_is_an_error(tiny: Made, worker: Worker, text: str, message: str) -> None:
    Path(tiny[0].location.file).write_text(text)
    assert message in worker.verify(request_for(*tiny)).error


def test_a_worker_that_dies_is_an_error_and_is_replaced(tiny: Made) -> None:
    with Worker("cpu", timeout=60) as worker:
        file = tiny[2] / "tiny" / "reference.py"
        text = file.read_text()
        file.write_text(text.replace("    g = grad\n", "    import os; os.abort()\n"))
        report = worker.verify(request_for(*tiny))
        assert "ended with signal SIGABRT in the run defaults: lr=0.1" in report.error
        file.write_text(text)
        assert worker.verify(request_for(*tiny)).passed


def test_a_kernel_that_never_ends_is_stopped(tiny: Made) -> None:
    with Worker("cpu", timeout=60) as worker:
        assert worker.verify(request_for(*tiny)).passed  # what takes long now is not the start
        change(tiny[2], "kernel", "    device = turns[0].batch.device\n", "    while True: pass\n")
        worker.timeout = 2
        started = time.perf_counter()
        report = worker.verify(request_for(*tiny))
        assert time.perf_counter() - started < 10
    assert report.error.startswith("no end after 2 seconds in the run defaults: lr=0.1")


def test_a_stopped_worker_starts_no_process() -> None:
    worker = Worker("cpu", timeout=5)
    worker.stop()
    assert "stopped" in worker.verify({"name": "tiny"}).error
    assert worker.process is None


def test_an_interrupt_leaves_no_process(tiny: Made, tmp_path: Path) -> None:
    change(tiny[2], "kernel", "    device = turns[0].batch.device\n", "    while True: pass\n")
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\n"
        "from optgen.spec.load import load\n"
        "from optgen.verify import verify\n"
        f"specs, _ = load(Path({str(tiny[1])!r}))\n"
        f"verify(specs * 2, Path({str(tiny[1])!r}), Path({str(tiny[2])!r}), jobs=2)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen([sys.executable, str(script)], env=environment, stderr=subprocess.PIPE, text=True)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.perf_counter() + 30
    found: list[str] = []
    while len(found) < 2 and time.perf_counter() < deadline:
        time.sleep(0.1)
        tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
        found = [pid for task in tasks for pid in task.read_text().split()]
    assert len(found) == 2, children
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode != 0
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert not [pid for pid in found if Path(f"/proc/{pid}").exists()]
