"""`optgen bench`: what it saves, and how results are put among those of an earlier run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from subjects import SMALL
from typer.testing import CliRunner

from optgen.bench import host, run
from optgen.bench.cases import EVERY, Case
from optgen.bench.saved import merged, write
from optgen.cli.app import app


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "EVERY", SMALL)
    monkeypatch.setattr(run, "CASES", (EVERY, Case("other", ((7,),))))
    monkeypatch.setattr(run, "SECONDS", 0.0)
    monkeypatch.setattr(host, "SECONDS", 0.0)
    monkeypatch.setattr(host, "TENSORS", 20)
    quick = {who: make for who, make in run.OTHERS.items() if who not in ("torch compiled", "optax")}
    monkeypatch.setattr(run, "OTHERS", quick)


def _bench(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["bench", *arguments])


def test_results_are_kept_with_machine_and_versions(tmp_path: Path) -> None:
    file = tmp_path / "new" / "cpu.json"
    done = _bench("--json", "--save", str(file), "sgd", "lion")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert json.loads(file.read_text()) == report
    assert {"device", "cores", "torch", "numba", "date", "memory_gb"} <= report["machine"].keys()
    lion, sgd = report["results"]
    assert (sgd["optimizer"], lion["optimizer"]) == ("SGD", "Lion")
    assert (sgd["bytes_each"], lion["bytes_each"]) == (12, 20)
    times = lion["times"]
    assert times.keys() == {"ours", "copy", "plainest", "NumPy"}
    assert {"torch fused", "torch foreach", "torch for-loop"} == lion["left_out"].keys()
    ours, plain, copied = (times[who]["median_s"] for who in ("ours", "plainest", "copy"))
    assert lion["ratios"]["copy"] == pytest.approx(copied / ours, rel=1e-3)
    assert lion["bandwidth_of_copy"] == pytest.approx((20 / ours) / (8 / copied), rel=1e-3)
    assert lion["time_over_bytes_of_plainest"] == pytest.approx((ours / 20) / (plain / 12), rel=1e-3)
    assert sgd["time_over_bytes_of_plainest"] == 1


def test_some_run_at_every_size_and_on_the_host_alone(tmp_path: Path) -> None:
    file = tmp_path / "cpu.json"
    assert _bench("sgd", "lion", "--all", "--save", str(file)).exit_code == 0
    report = json.loads(file.read_text())
    cases = [(row["optimizer"], row["case"]) for row in report["results"]]
    assert cases == [("Lion", "small"), ("SGD", "small"), ("SGD", "other")]
    costs = {(row["who"], row["gradients"]) for row in report["host_cost"]}
    assert ("ours, kernels not launched", "new") in costs
    assert ("torch fused", "kept") in costs
    assert all(0 < row["low_us"] <= row["median_us"] <= row["high_us"] for row in report["host_cost"])


def test_one_is_run_again_among_others(tmp_path: Path) -> None:
    file = tmp_path / "cpu.json"
    assert _bench("sgd", "lion", "--save", str(file)).exit_code == 0
    before = {row["optimizer"]: row for row in json.loads(file.read_text())["results"]}
    assert _bench("lion", "--save", str(file), "--merge").exit_code == 0
    after = {row["optimizer"]: row for row in json.loads(file.read_text())["results"]}
    assert after.keys() == before.keys()
    assert after["SGD"] == before["SGD"]
    assert after["Lion"]["times"] != before["Lion"]["times"]


def test_results_of_another_machine_are_not_mixed_in(tmp_path: Path) -> None:
    file = tmp_path / "cpu.json"
    assert _bench("sgd", "--save", str(file)).exit_code == 0
    report = json.loads(file.read_text())
    report["machine"]["device"] = "an abacus"
    write(report, file)
    done = _bench("lion", "--save", str(file), "--merge")
    assert done.exit_code == 2
    assert json.loads(file.read_text()) == report
    with pytest.raises(ValueError, match="of another machine: device"):
        merged({**report, "machine": {**report["machine"], "device": "a brain"}}, report)


def test_a_step_of_kernels_that_are_not_launched_changes_nothing_and_puts_them_back() -> None:
    from optgen.generated.adamw import kernel

    params = [torch.nn.Parameter(torch.ones(16)) for _ in range(3)]
    host.Gradients(params).renew()
    before = kernel.step_kernel
    with host.launching_nothing("AdamW", params) as step:
        kept = [param.detach().clone() for param in params]
        step()
        step()
        assert all(map(torch.equal, kept, (param.detach() for param in params)))
        assert kernel.step_kernel is not before
    assert kernel.step_kernel is before


def test_without_a_gpu_none_is_timed() -> None:
    if torch.cuda.is_available():
        pytest.skip("here is a GPU")
    assert _bench("--device", "cuda").exit_code == 2
