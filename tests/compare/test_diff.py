"""`optgen diff`: equations beside those that they became, and what else changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import GOOD, run, specs

from optgen.compare.match import Pair, marks, pairs


def test_equations_of_one_name_belong_together() -> None:
    a = ["m[t] = beta * m[t-1] + g[t]", "v[t] = g[t]**2", "theta[t] = theta[t-1] - lr * m[t]"]
    b = ["m[t] = beta * m[t-1] + (1 - beta) * g[t]", "theta[t] = theta[t-1] - lr * m[t]", "x[t] = 1"]
    assert [(p.status, p.a, p.b) for p in pairs(a, b)] == [
        ("changed", a[0], b[0]),
        ("removed", a[1], ""),
        ("same", a[2], b[1]),
        ("added", "", b[2]),
    ]


def test_equations_that_are_alike_belong_together() -> None:
    a, b = "u[t] = m[t] / (sqrt(v[t]) + eps)", "step[t] = m[t] / (sqrt(v[t]) + eps)"
    assert pairs([a], [b]) == [Pair(a, b)]
    assert pairs([a], ["step[t] = g[t]"]) == [Pair(a, ""), Pair("", "step[t] = g[t]")]


def test_what_changed_is_marked() -> None:
    a, b = "x[t] = a * m[t-1] + 1e-8", "x[t] = b * m[t-1] + 1e-8 * c"
    assert marks(a, b) == ("       ^", "       ^                 ^^^")
    assert marks("lr: 0.01", "lr: 0.001") == ("    ^^^^", "    ^^^^^")


@pytest.mark.parametrize("width", ["80", "120"])
def test_adam_and_adamw(width: str) -> None:
    done = run("diff", "adam", "adamw", COLUMNS=width)
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= int(width)
    lines = done.stdout.splitlines()
    assert lines[:2] == ["--- adam", "+++ adamw"]
    assert "- d[t] = g[t] + weight_decay * theta[t-1]" in lines
    at = lines.index("+ m[t] = beta1 * m[t-1] + (1 - beta1) * g[t]")
    assert lines[at + 1] == "?" + " " * 39 + "^^^^"
    assert "  mhat[t] = m[t] / (1 - beta1**t)" in lines
    assert "+ weight_decay: 0.01, 0 <= weight_decay" in lines
    assert lines[-1] == "the same: Flags, State"


def test_own_beside_shipped_and_exit_codes(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD, twin=GOOD.replace("def good", "def twin"))
    line = ("--specs", "specs")
    same = run("diff", "good", "twin", "--exit-code", *line, cwd=tmp_path)
    assert same.returncode == 0
    assert same.stdout.endswith("nothing changed but names and sources\n")
    assert run("diff", "good", "sgd", *line, cwd=tmp_path).returncode == 0
    assert run("diff", "good", "sgd", "--exit-code", *line, cwd=tmp_path).returncode == 1
    wrong = run("diff", "good", "gold", *line, cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "there is no optimizer gold (did you mean good?)" in wrong.stderr


def test_json() -> None:
    found = json.loads(run("diff", "sgd", "momentum", "--json").stdout)
    assert (found["a"], found["b"], found["same"]) == ("sgd", "momentum", False)
    assert {e["status"] for e in found["equations"]} == {"same", "changed"}
    assert found["hyper"]["momentum"] == {
        "status": "changed",
        "a": "0, 0 <= momentum",
        "b": "0.9, 0 <= momentum",
    }
    assert found["flags"]["damp_first"]["a"] is None
    assert found["bytes_moved_per_element"] == {"a": 12, "b": 20}


def test_defaults_that_are_nearly_the_same_differ(tmp_path: Path) -> None:
    folder = specs(tmp_path, good=GOOD, other=GOOD.replace("def good", "def other").replace("0.9,", "0.9000000001,"))
    done = run("diff", "good", "other", "--specs", folder, "--exit-code")
    assert done.returncode == 1
    assert "0.9000000001" in done.stdout


def test_an_own_one_comes_before_one_of_the_same_name(tmp_path: Path) -> None:
    """However the file calls what declares it."""
    text = GOOD.replace("def good", "def adam").replace(" optimizer,", " optimizer as declare,")
    folder = specs(tmp_path, adam=text.replace("@optimizer", "@declare"))
    done = run("diff", "adam", "adam", "--specs", folder, "--json")
    assert "mu * m[t-1]" in done.stdout
