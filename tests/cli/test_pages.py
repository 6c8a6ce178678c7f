"""What `list` and `show` tell, and how it is laid out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from commandline import GOOD, run, specs
from rich.console import Console

from optgen.catalogue.describe import details, overview
from optgen.check import load_checked
from optgen.cli.page import page
from optgen.cli.tables import overview_tables
from optgen.driver import unit_of


@pytest.fixture
def facts(tmp_path: Path) -> dict[str, Any]:
    """What `show` knows of the good one."""
    folder = specs(tmp_path, good=GOOD)
    [spec] = load_checked(folder)
    return details(unit_of(spec, folder))


def test_overview(tmp_path: Path) -> None:
    folder = specs(tmp_path, good=GOOD)
    [spec] = load_checked(folder)
    found = overview(unit_of(spec, folder))
    assert {"numpy", "triton", "latex"} <= set(found.pop("targets"))
    assert found == {
        "name": "good",
        "class": "Good",
        "title": "The good one",
        "paper": "Nobody 2000",
        "kind": "optimizer",
        "hyper": [
            {"name": "lr", "default": 0.1, "domain": {"ge": 0}, "domain_text": "0 <= lr"},
            {"name": "mu", "default": 0.9, "domain": {"ge": 0, "lt": 1}, "domain_text": "0 <= mu < 1"},
        ],
        "flags": [{"name": "heavy", "default": False, "doc": "follow an average", "follows": None}],
        "states": [
            {
                "name": "m",
                "init": 0.0,
                "rate": "element",
                "size": "like the parameter",
                "checkpoint_key": "average",
                "vector_key": None,
                "if": "heavy",
            }
        ],
        "minimum_bytes_per_element": 12,
    }


def test_details(facts: dict[str, Any]) -> None:
    assert facts["equations"][0] == "m[t] = mu * m[t-1] + g[t]    if heavy"
    assert facts["rates"]["theta[t-1]"] == "element"
    assert facts["rates"]["lr"] == "constant"
    [phase] = facts["phases"]
    assert {"tensor": "m", "value": "m[t-1]", "if": "heavy"} in phase["loads"]
    assert {"tensor": "theta", "value": "theta[t]", "if": None} in phase["stores"]
    assert [(row["setting"], row["moved"], row["minimum"]) for row in facts["bytes_per_element"]] == [
        ("default", 12, 12),
        ("heavy", 20, 20),
    ]


def printed(facts: dict[str, Any], width: int, **options: Any) -> list[str]:
    """The lines of the page."""
    console = Console(width=width, highlight=False, **options)
    with console.capture() as captured:
        console.print(page(facts))
    return [line.rstrip() for line in captured.get().splitlines()]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_lost_at_any_width(facts: dict[str, Any], width: int) -> None:
    lines = printed(facts, width)
    assert max(map(len, lines)) <= width
    text = re.sub(r"\s", "", "".join(lines))
    for fact in (facts["title"], facts["paper"], *facts["equations"], "0<=mu<1", "onlyifheavy", "m[t-1](ifheavy)"):
        assert re.sub(r"\s", "", fact) in text


def test_lines_hang_below_their_right_hand_side(facts: dict[str, Any]) -> None:
    lines = printed(facts, 44)
    start = next(number for number, line in enumerate(lines) if line.startswith("  theta[t] = "))
    assert lines[start + 1].startswith(" " * len("  theta[t] = "))


def test_colours_only_on_a_terminal(facts: dict[str, Any]) -> None:
    assert not any("\x1b" in line for line in printed(facts, 80))
    assert any("\x1b" in line for line in printed(facts, 80, force_terminal=True, color_system="standard"))


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_fits(facts: dict[str, Any], width: int) -> None:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(overview_tables([facts], width))
    text = captured.get()
    assert max(map(len, text.splitlines())) <= width
    assert "m?" in text
    assert ("lr, mu, heavy" in text) == (width == 120)


def test_the_commands_print_them(tmp_path: Path) -> None:
    folder = specs(tmp_path, good=GOOD)
    listed = run("list", "--specs", folder, "--json")
    [row] = json.loads(listed.stdout)
    assert (listed.returncode, row["name"]) == (0, "good")
    shown = run("show", "good", "--specs", folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert not any(line != line.rstrip() for line in shown.stdout.splitlines())
    document = json.loads(run("show", "good", "--specs", folder, "--json").stdout)
    assert row.items() <= document.items()
    assert "good" in run("list", "--specs", folder).stdout
