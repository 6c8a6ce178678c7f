from __future__ import annotations

import json

import pytest

from optgen.cli.progress import Lines
from optgen.cli.streams import say_json


def test_json_has_no_numbers_that_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"a": [float("inf"), float("-inf"), float("nan"), 1.5], "b": (None, True)})
    assert json.loads(capsys.readouterr().out) == {"a": ["inf", "-inf", "nan", 1.5], "b": [None, True]}


def test_lines_of_a_quick_task(capsys: pytest.CaptureFixture[str]) -> None:
    with Lines().task("verifying", 3) as done:
        for name in "abc":
            done(name)
    assert capsys.readouterr().err == "verifying 3/3: c\n"


def test_lines_of_a_slow_task(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("optgen.cli.progress.time.monotonic", lambda: next(clock))
    with Lines().task("verifying", 2) as done:
        done("a")
        done("b")
    assert capsys.readouterr().err == "verifying 1/2: a\nverifying 2/2: b\n"
