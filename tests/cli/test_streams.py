"""Standard output and standard error: what goes where, and what happens when they cannot be written to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from commandline import BAD, GOOD, environment, run, specs

from optgen.cli.progress import Lines
from optgen.cli.streams import say_json


def test_json_has_no_numbers_that_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"a": [float("inf"), float("-inf"), float("nan"), 1.5], "b": (None, True)})
    assert json.loads(capsys.readouterr().out) == {"a": ["inf", "-inf", "nan", 1.5], "b": [None, True]}


def test_lines_leave_nothing_out(capsys: pytest.CaptureFixture[str]) -> None:
    with Lines().task("verifying", 3) as done:
        for name in "abc":
            done(name)
    assert capsys.readouterr().err == "verifying 1/3: a\nverifying 2/3: b\nverifying 3/3: c\n"


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["show", "good"]])
def test_nobody_reads_the_results(tmp_path: Path, arguments: list[str]) -> None:
    specs(tmp_path, good=GOOD)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "optgen", *arguments, "--specs", "specs"],
            stdout=writing,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(),
        )
    finally:
        os.close(writing)
    assert done.stderr == b""
    assert done.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["--version"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_help_cannot_be_written(tmp_path: Path, arguments: list[str], unbuffered: str) -> None:
    line = f"{sys.executable} -m optgen {' '.join(arguments)} >/dev/full"
    changed = environment(PYTHONUNBUFFERED=unbuffered)
    done = subprocess.run(["sh", "-c", line], stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=changed)
    assert done.stderr == "optgen: cannot write the results: No space left on device\n"
    assert done.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["show", "good"], ["build", "--no-verify"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_results_cannot_be_written(tmp_path: Path, arguments: list[str], unbuffered: str) -> None:
    specs(tmp_path, good=GOOD)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "optgen", *arguments, "--specs", "specs"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=environment(PYTHONUNBUFFERED=unbuffered),
        )
    assert done.stderr.splitlines()[-1] == "optgen: cannot write the results: No space left on device"
    assert "Traceback" not in done.stderr
    assert done.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_log_that_is_full_changes_nothing(tmp_path: Path, unbuffered: str) -> None:
    specs(tmp_path, good=GOOD)
    line = f"{sys.executable} -m optgen build --no-verify --specs specs 2>/dev/full"
    changed = environment(PYTHONUNBUFFERED=unbuffered)
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, cwd=tmp_path, env=changed)
    assert done.returncode == 0
    assert " written, " in done.stdout


@pytest.mark.parametrize("closed", [">&-", "2>&-"])
def test_a_closed_stream_is_not_missed(tmp_path: Path, closed: str) -> None:
    specs(tmp_path, good=GOOD, bad=BAD)
    line = f"{sys.executable} -m optgen list --json --specs specs {closed}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, cwd=tmp_path, env=environment())
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert ("bad.py" in done.stderr) == (closed == ">&-")
    if closed == "2>&-":
        json.loads(done.stdout)


def test_results_need_no_unicode(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD.replace("Nobody", "Nöbödy"))
    for arguments in (["list"], ["show", "good"]):
        done = run(*arguments, "--specs", "specs", cwd=tmp_path, PYTHONIOENCODING="ascii")
        assert done.returncode == 0
        assert "N?b?dy" in done.stdout
