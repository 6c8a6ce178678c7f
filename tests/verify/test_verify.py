"""The whole: a folder of specs, some of whose code is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from code_for_tests import TINY

from optgen.spec.model import Spec
from optgen.verify import verify
from optgen.verify.report import Report, miss_lines

Make = Callable[[str], tuple[list[Spec], Path, Path]]

SECOND = TINY.replace("def tiny(", "def second(").partition("@optimizer")[2]
THIRD = TINY.replace("def tiny(", "def third(").partition("@optimizer")[2]


@pytest.fixture
def three(make: Make) -> tuple[list[Spec], Path, Path]:
    specs, folder, out = make(f"{TINY}\n\n@optimizer{SECOND}\n\n@optimizer{THIRD}")
    kernel = out / "second" / "kernel.py"
    kernel.write_text(kernel.read_text().replace("theta = theta - ", "theta = theta + "))
    shutil.rmtree(out / "third")
    return specs, folder, out


def test_reports_come_in_order_and_are_told_as_they_come(three: tuple[list[Spec], Path, Path]) -> None:
    specs, folder, out = three
    told: list[Report] = []
    reports = verify(specs, folder, out, jobs=2, on_done=told.append)
    assert [r.optimizer for r in reports] == ["tiny", "second", "third"]
    assert sorted(r.optimizer for r in told) == ["second", "third", "tiny"]
    assert [r.passed for r in reports] == [True, False, False]
    good, wrong, missing = reports
    assert {c.target for c in good.checks if not c.passed} == set()
    assert {c.target for c in wrong.checks if not c.passed} == {"kernel float32"}
    assert wrong.stopped
    assert {m.quantity for m in wrong.misses} == {"theta"}
    assert "third/reference.py is missing: run optgen build third" in missing.error
    assert not missing.checks
    lines = miss_lines(reports)
    assert all(line.startswith(("second: kernel ", "second: stopped", "third: ")) for line in lines)
    json.dumps([r.as_dict() for r in reports], allow_nan=False)


def test_every_check_was_made(make: Make) -> None:
    specs, folder, out = make(TINY)
    (report,) = verify(specs, folder, out, jobs=1)
    assert report.passed
    assert [(c.target, c.against) for c in report.checks] == [
        ("reference float64", "equations, 50 digits"),
        ("reference float32", "equations, 50 digits"),
        ("reference float32", "reference float64"),
        ("reference float16", "reference float64"),
        ("kernel float32", "equations, 50 digits"),
        ("kernel float32", "reference float64"),
        ("kernel 16 bit", "reference float64"),
        ("cpu float32", "equations, 50 digits"),
        ("cpu float32", "reference float64"),
        ("cpu float64", "equations, 50 digits"),
        ("cpu float64", "reference float64"),
        ("cpu 16 bit", "reference float64"),
        ("reference float64", "initial state"),
        ("reference float32", "initial state"),
        ("kernel float32", "initial state"),
        ("cpu float32", "initial state"),
        ("cpu float64", "initial state"),
    ]
    for check in report.checks:
        assert check.comparisons > 100
        assert check.finite > 0.95
        assert check.allowed
        assert check.worst_ratio <= 0.51
        assert check.sharp > 0.9
    assert 0 < report.seconds < 60


@pytest.mark.parametrize("lost", ["sqrt(-1 - g[t]**2)", "log(-absolute(g[t]))", "(1 / (g[t] - g[t]))", "exp(1e6 + t)"])
def test_an_update_without_numbers_is_not_verified(make: Make, lost: str) -> None:
    text = TINY.replace("lr * where", f"lr * {lost} * where")
    specs, folder, out = make(text.replace("t, where\n", "t, where, absolute, exp, log, sqrt\n"))
    (report,) = verify(specs, folder, out, jobs=1)
    assert not report.error
    assert not report.misses
    assert not report.passed
    (line,) = report.hollow  # about theta, and not about m
    assert line.startswith("theta is not verified: only ")
    assert "numbers are finite" in line
    assert "defaults: lr=0.1" in line
    assert any(check.finite < 0.5 for check in report.checks)
    assert line in miss_lines([report])[0]


def test_a_reference_that_is_wrong_in_float16_only(make: Make) -> None:
    specs, folder, out = make(TINY)
    path = out / "tiny" / "reference.py"
    path.write_text(path.read_text().replace("    g = grad\n", "    g = grad * 1.01 if grad.dtype == 'f2' else grad\n"))
    (report,) = verify(specs, folder, out, jobs=1)
    assert not report.error
    assert [check.target for check in report.checks if not check.passed] == ["reference float16"]


def test_no_specs_are_no_reports(tmp_path: Path) -> None:
    assert verify([], tmp_path, tmp_path) == []


def test_what_a_listener_raises_ends_the_verification(make: Make) -> None:
    specs, folder, out = make(f"{TINY}\n\n@optimizer{SECOND}")

    def complain(report: Report) -> None:
        raise RuntimeError(report.optimizer)

    with pytest.raises(RuntimeError, match="tiny"):
        verify(specs, folder, out, jobs=1, on_done=complain)
