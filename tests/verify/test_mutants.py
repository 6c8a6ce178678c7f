"""Wrong code is caught: a sample of mutants of generated references, kernels and CPU paths, none of which may pass."""

from __future__ import annotations

import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue

import pytest
from code_for_tests import ROOT, request_for, rewritten, write_code
from mutation import mutants

from optgen.spec.model import Spec
from optgen.verify.pool import Worker
from optgen.verify.report import Report

NAMES = ("adabelief", "adagrad", "adam", "adamw", "lamb", "momentum", "radam", "rmsprop", "sgd")
MODULES = ("reference", "kernel", "cpu")
EACH = 5

Results = dict[tuple[str, str, int], tuple[str, Report]]


def sample(name: str, module: str, source: str) -> list[tuple[str, str]]:
    """The same few mutants every time."""
    return random.Random(f"{name} {module}").sample(mutants(source), EACH)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What the verification says of every mutant."""
    specs, code = ROOT / "specs", tmp_path_factory.mktemp("code") / "out"
    jobs: SimpleQueue[tuple[Spec, str, int, str, str]] = SimpleQueue()
    for spec in write_code(specs, code, NAMES):
        for module in MODULES:
            source = (code / spec.name / f"{module}.py").read_text()
            for number, (what, text) in enumerate(sample(spec.name, module, source)):
                jobs.put((spec, module, number, what, text))
    found: Results = {}

    def work(own: int) -> None:
        out = tmp_path_factory.mktemp(f"mutants{own}") / "out"
        shutil.copytree(code, out)
        with Worker("cpu", timeout=60) as worker, suppress(Empty):
            while True:
                spec, module, number, what, text = jobs.get_nowait()
                with rewritten(out / spec.name / f"{module}.py", text):
                    report = worker.verify(request_for(spec, specs, out, patience=1))
                found[spec.name, module, number] = what, report

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    return found


@pytest.mark.parametrize("number", range(EACH))
@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("name", NAMES)
def test_a_mutant_is_caught(results: Results, name: str, module: str, number: int) -> None:
    what, report = results[name, module, number]
    assert not report.passed, f"{name}/{module}.py passes with {what}"
    assert report.error or report.misses
