"""The benchmark: who takes part, that all take turns, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from optgen.bench import run
from optgen.bench.cases import CASES, EVERY, Case
from optgen.bench.measure import interleaved
from optgen.bench.rivals import Rival, copy_step, rivals
from optgen.cli.app import app

SMALL = Case("small", ((3, 4), (5,)))


def test_cases_have_the_sizes_of_their_names() -> None:
    sizes = {case.name: case.numel for case in CASES}
    assert sizes["10 x 16.8M"] == 10 * sizes["1 x 16.8M"] == 10 * 2**24
    assert sizes["1000 x 1024"] == 1024000
    assert sizes["GPT-2 small"] == 124_439_808  # as its authors count
    assert sizes["a layer of Llama 7B"] == 202_383_360
    assert sizes["1 x 16777213"] % 4


@pytest.mark.parametrize(
    ("name", "ways"),
    [
        ("AdamW", ["ours", "torch fused", "torch foreach", "torch for-loop", "NumPy"]),
        ("RMSprop", ["ours", "torch foreach", "torch for-loop", "NumPy"]),
        ("Lion", ["ours", "NumPy"]),
        ("Prodigy", ["ours"]),
        ("Sophia", ["ours"]),
    ],
)
def test_all_take_part_that_have_the_optimizer(name: str, ways: list[str]) -> None:
    found = list(rivals(name, SMALL, "cpu"))
    assert [rival.name for rival in found] == ways
    for rival in found:
        rival.step()


def test_they_take_turns() -> None:
    made: list[str] = []
    times = interleaved([Rival(name, lambda n=name: made.append(n)) for name in "abc"], "cpu", 0.0)  # type: ignore[misc]
    assert made == list("abc") * (2 + 5)
    assert {t.rounds for t in times.values()} == {5}
    assert all(0 <= t.low <= t.median <= t.high for t in times.values())


def test_a_copy_copies() -> None:
    assert torch.equal(copy_step(SMALL, "cpu").step(), torch.zeros(17))


def test_results_are_kept_with_machine_and_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "EVERY", SMALL)
    monkeypatch.setattr(run, "CASES", (EVERY, Case("other", ((7,),))))
    monkeypatch.setattr(run, "SECONDS", 0.0)
    file = tmp_path / "new" / "cpu.json"
    done = CliRunner().invoke(app, ["bench", "--json", "--save", str(file), "sgd", "lion"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert json.loads(file.read_text()) == report
    assert {"device", "cores", "torch", "numba", "date"} <= report["machine"].keys()
    second, first = report["results"]
    assert (first["optimizer"], second["optimizer"]) == ("SGD", "Lion")
    assert first["bytes_each"] == 12
    assert second["bytes_each"] == 20
    assert first["times"].keys() == {"ours", "torch fused", "torch foreach", "torch for-loop", "NumPy", "copy"}
    assert first["ratios"]["copy"] == pytest.approx(
        first["times"]["copy"]["median_s"] / first["times"]["ours"]["median_s"]
    )


def test_without_a_gpu_none_is_timed() -> None:
    if torch.cuda.is_available():
        pytest.skip("here is a GPU")
    done = CliRunner().invoke(app, ["bench", "--device", "cuda"])
    assert done.exit_code == 2
