"""`optgen try`: ways over surfaces, in text, as JSON, as a picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import GOOD, run, specs


def test_ways_are_drawn_and_values_told(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD, other=GOOD.replace("def good", "def other"))
    done = run("try", "good", "other", "--specs", "specs", "--steps", "30", cwd=tmp_path, PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert "┌─" in done.stdout
    assert "good" in done.stdout
    assert done.stdout.count("(best)") == 2
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert not (tmp_path / "generated").exists()


def test_json_has_the_steps(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD)
    line = ("try", "good", "--specs", "specs", "--surface", "valley", "--steps", "3", "--json")
    found = json.loads(run(*line, "--lr", "0.01", "--set", "mu=0.5", "--set", "heavy=on", cwd=tmp_path).stdout)
    (way,) = found["optimizers"]
    assert (found["surface"], found["steps"], found["minimum"]) == ("valley", 3, 0.0)
    assert way["settings"] == {"lr": 0.01, "mu": 0.5, "heavy": True}
    assert (way["rate_chosen"], way["diverged"]) == (False, False)
    assert way["points"][:2] == [[-1.8, 0.9], [pytest.approx(-1.8 + 0.018), pytest.approx(0.9 - 0.9)]]
    assert len(way["values"]) == 4


def test_a_picture(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD)
    done = run("try", "good", "--specs", "specs", "--lr", "0.001", "--png", "way.png", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("way.png: written\n")
    assert (tmp_path / "way.png").read_bytes().startswith(b"\x89PNG")


def test_divergence_is_told(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD)
    done = run("try", "good", "--specs", "specs", "--lr", "9", cwd=tmp_path)
    assert done.returncode == 0
    assert "diverged" in done.stdout


def test_surfaces_are_listed() -> None:
    assert "rosenbrock" in run("try", "--list").stdout
    assert json.loads(run("try", "--list", "--json").stdout)[0]["name"] == "rosenbrock"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["good", "--surface", "hill"], "there is no surface hill (there are: rosenbrock, beale, "),
        (["good", "--set", "mu"], "--set mu: write NAME=VALUE, as in --set beta1=0.5"),
        (["good", "--set", "nu=1"], "good has no nu (there are: heavy, lr, mu)"),
        (["good", "--set", "havy=1"], "good has no havy (did you mean heavy?)"),
        (["good", "--set", "heavy=2"], "heavy is a flag: heavy=1 turns it on, heavy=0 off"),
        (["good", "--lr", "-1"], "good: lr must be >= 0, got -1.0"),
        (["gold"], "there is no optimizer gold (did you mean good?)"),
        ([], "name an optimizer, as in optgen try NAME"),
        (["good", "--png", "no/way.png"], "no/way.png: there is no folder no"),
    ],
)
def test_mistakes(tmp_path: Path, arguments: list[str], text: str) -> None:
    specs(tmp_path, good=GOOD)
    done = run("try", *arguments, "--specs", "specs", "--steps", "2", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"optgen: {text}")
