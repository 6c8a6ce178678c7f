"""Reports: what passes, JSON and back, and tables and lines that a person can read at 80 columns."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace

import pytest
from rich.console import Console

from optgen.verify.report import Check, Miss, Report, miss_lines, table

CHECK = Check(
    target="kernel float32",
    against="equations, 50 digits",
    allowed="twice the first-order rounding bound",
    cases=3,
    comparisons=12345,
    finite=0.97,
    sharp=0.93,
    mean_ulps=0.25,
    largest_ulps=3.5,
    worst_ratio=0.42,
    worst_ulps=5.04,
    worst_allowed=12.0,
    misses=0,
)
OTHER = replace(CHECK, target="reference float64", comparisons=77, largest_ulps=1.25)
MISS = Miss(
    optimizer="made",
    target="kernel float32",
    against="equations, 50 digits",
    setting="middle: lr=0.013, nesterov",
    size=37,
    step=4,
    quantity="m",
    element=17,
    expected=1.0,
    got=1.5,
    ulps=4194304.0,
    allowed_ulps=12.0,
    others=5,
)
GOOD = Report("made", (CHECK, OTHER), seconds=1.5)
BAD = replace(GOOD, optimizer="bad", checks=(replace(CHECK, misses=6, worst_ratio=3e5), OTHER), misses=(MISS,))
HOLLOW = replace(GOOD, optimizer="hollow", hollow=("m: only 0 of 50 numbers are finite",))
FAILED = Report("failed", error="generated/failed/kernel.py:3: 'x = y' raised NameError: y")


def shown(reports: list[Report], width: int, detail: bool | None = None) -> str:
    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(table(reports, detail=detail))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_passes() -> None:
    assert GOOD.passed
    assert not BAD.passed
    assert not FAILED.passed
    assert not HOLLOW.passed
    assert not Report("none").passed
    assert not replace(GOOD, error="stopped").passed
    assert not replace(GOOD, checks=(replace(CHECK, comparisons=0),)).passed


@pytest.mark.parametrize("report", [GOOD, BAD, HOLLOW, FAILED, Report("none")], ids=lambda r: r.optimizer)
def test_json_and_back(report: Report) -> None:
    text = json.dumps(report.as_dict(), allow_nan=False)
    assert Report.from_dict(json.loads(text)) == report
    assert json.loads(text)["passed"] is report.passed


def test_json_has_words_for_numbers_that_it_has_not() -> None:
    miss = replace(MISS, got=math.nan, expected=-math.inf, ulps=math.inf)
    report = replace(BAD, misses=(miss,), checks=(replace(CHECK, worst_ratio=math.inf, misses=1),))
    text = json.dumps(report.as_dict(), allow_nan=False)
    back = Report.from_dict(json.loads(text))
    assert repr(back) == repr(report)
    assert isinstance(back.misses[0].step, int)


def test_a_miss_says_what_where_and_by_how_much() -> None:
    text = str(MISS)
    for part in ("made", "kernel float32", "m[17] of 37", "t=4", "1.5", "1.0", "equations", "4.19e+06", "12 allowed"):
        assert part in text
    assert "5 more" in text
    assert text.endswith("middle: lr=0.013, nesterov")
    assert "more" not in str(replace(MISS, others=0))


def test_miss_lines_show_a_few_of_each_check_and_count_the_rest() -> None:
    misses = tuple(replace(MISS, step=n, others=9) for n in range(5))
    report = replace(BAD, misses=misses, checks=(replace(CHECK, misses=1050), OTHER))
    lines = miss_lines([GOOD, report, FAILED])
    assert len(lines) == 5
    assert lines[3] == "bad: kernel float32: 1,020 more (equations, 50 digits)"
    assert lines[4] == f"failed: {FAILED.error}"
    assert miss_lines([GOOD]) == []
    assert miss_lines([HOLLOW]) == ["hollow: m: only 0 of 50 numbers are finite"]
    assert miss_lines([replace(GOOD, stopped=True)])[-1].startswith("made: stopped, since enough has missed")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("detail", [False, True])
def test_a_table_fits_a_terminal(width: int, detail: bool) -> None:
    reports = [GOOD, BAD, FAILED, HOLLOW, replace(GOOD, optimizer="a_name_of_length")]
    text = shown(reports, width, detail)
    assert "…" not in text
    assert all(len(line) <= width for line in text.splitlines())
    for part in ("made", "bad", "failed", "a_name_of_length", "6 missed", "error", "ok", "3e+05x", "42%", "not finite"):
        assert part in text
    assert "3.50" in text
    assert "12k" in text


@pytest.mark.parametrize("detail", [False, True])
def test_a_table_of_huge_distances_fits_a_terminal(detail: bool) -> None:
    far = replace(CHECK, mean_ulps=1.2e17, largest_ulps=8.34e18, worst_ratio=7e14, misses=9999, comparisons=10**6)
    ways = ("reference float64", "reference float32", "reference float16", "kernel float32 on cuda", "kernel 16 bit")
    checks = tuple(replace(far, target=way) for way in ways)
    reports = [replace(BAD, optimizer="adabelief", checks=checks)]
    text = shown(reports, 80, detail)
    assert "…" not in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "7e+14x" in text
    assert ("8.3e+18" if detail else "8e+18") in text
    long = shown([replace(reports[0], optimizer="an_optimizer_with_a_very_long_name")], 80, detail)
    assert "…" not in long
    assert "7e+14x" in long
    assert "inf " in shown([replace(BAD, checks=(replace(CHECK, worst_ratio=math.inf, misses=1),))], 80, detail)


def test_few_reports_are_shown_in_detail_many_in_a_row_each() -> None:
    few, many = shown([GOOD] * 3, 100), shown([GOOD] * 4, 100)
    assert few.count("equations") > 3
    assert "equations" not in many
    assert len([line for line in many.splitlines() if line.strip().startswith("made")]) == 4


def test_the_detailed_table_says_what_is_allowed() -> None:
    stored = replace(CHECK, target="kernel 16 bit", allowed="half an ulp for storing")
    initial = replace(CHECK, against="initial state", allowed="nothing")
    text = " ".join(shown([replace(GOOD, checks=(CHECK, OTHER, stored, initial))], 100).split())
    assert "Allowed is twice the first-order rounding bound; kernel 16 bit: half an ulp for storing; " in text
    assert "initial state: nothing." in text


def test_no_reports_make_an_empty_table() -> None:
    assert "verification" in shown([], 80)
    assert "verification" in shown([], 80, detail=False)


def test_at_a_prompt_a_line_and_the_misses() -> None:
    assert repr(GOOD) == "<made passed: 2 checks of 12,422 numbers, at most 42% of the allowed distance, 1.5 s>"
    assert repr(BAD).splitlines()[1:] == miss_lines([BAD])
    assert repr(FAILED).startswith("<failed failed: 0 checks")
