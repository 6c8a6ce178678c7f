"""`optgen show`: equations as a paper prints them, and code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import GOOD, ROOT, run, specs


def test_equations_are_typeset_where_the_letters_are_there(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD)
    done = run("show", "good", "--specs", "specs", cwd=tmp_path, PYTHONIOENCODING="utf-8")
    assert "  mₜ = μ mₜ₋₁ + gₜ    if heavy\n" in done.stdout
    assert "  lr   η   0.1   0 <= lr\n" in done.stdout
    assert "θ is theta" in done.stdout
    plain = run("show", "good", "--specs", "specs", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert "  m[t]     = mu * m[t-1] + g[t]    if heavy\n" in plain.stdout
    assert "?" not in plain.stdout


@pytest.mark.parametrize(
    ("name", "code", "file"),
    [
        ("lion", "numpy", "reference.py"),
        ("lion", "triton", "kernel.py"),
        ("lion", "torch", "optimizer.py"),
        ("lion", "cpu", "cpu.py"),
        ("lion", "latex", "equations.tex"),
        ("noam", "torch", "scheduler.py"),
    ],
)
def test_code_is_what_is_generated(name: str, code: str, file: str) -> None:
    done = run("show", name, "--code", code)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (ROOT / "generated" / name / file).read_text()


def test_code_in_json() -> None:
    found = json.loads(run("show", "lion", "--code", "numpy", "--json").stdout)
    assert (found["file"], found["code"]) == ("lion/reference.py", "numpy")
    assert found["text"] == (ROOT / "generated" / "lion" / "reference.py").read_text()


def test_code_that_is_not_generated() -> None:
    done = run("show", "noam", "--code", "triton")
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        "nothing for triton is generated from noam, which is a schedule (there is: numpy, torch, latex)" in done.stderr
    )
