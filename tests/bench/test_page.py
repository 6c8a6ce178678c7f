"""docs/performance.md and its pictures are what the committed results make of them."""

from __future__ import annotations

import copy
import importlib.util
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from optgen.bench.page.load import Results, Run, load
from optgen.bench.page.text import COMMAND, page

ROOT = Path(__file__).resolve().parents[2]
RESULTS, DOCS = load(ROOT / "benchmarks" / "results"), ROOT / "docs"
PINNED = (ROOT / "constraints.txt").read_text()


def test_the_page_is_up_to_date() -> None:
    assert (DOCS / "performance.md").read_text(encoding="utf-8") == page(RESULTS), f"run: {COMMAND}"


def test_the_pictures_are_up_to_date() -> None:
    if importlib.util.find_spec("matplotlib") is None:
        pytest.skip("matplotlib is not installed: pip install 'optgen[docs]'")
    if f"matplotlib=={version('matplotlib')}\n" not in PINNED:
        pytest.skip("the pictures are of another matplotlib than the one installed")
    from optgen.bench.page.plots import pictures

    drawn: dict[str, str] = {}
    for run in RESULTS.runs:
        drawn |= pictures(run)
    assert drawn == {file.name: file.read_text(encoding="utf-8") for file in DOCS.glob("performance-*.svg")}


def test_every_picture_that_the_page_shows_is_there() -> None:
    shown = re.findall(r"!\[[^]]*\]\((\S+)\)", page(RESULTS))
    assert shown
    assert all((DOCS / name).exists() for name in shown)


def test_every_optimizer_is_in_the_table_of_kernels() -> None:
    rows = re.findall(r"^\| (\w+) \|", page(RESULTS).partition("## What kernels are compiled to")[2], re.MULTILINE)
    assert len(set(rows) - {"optimizer"}) == len({row["optimizer"] for row in RESULTS.kernels}) > 50


def _on_gpu(run: Run) -> Run:
    """Results as a GPU gives them."""

    def row(found: dict[str, Any]) -> dict[str, Any]:
        new = copy.deepcopy(found)
        for times in new["times"].values():
            for name in ("median_s", "low_s", "high_s"):
                times |= {f"host_{name}": times[name] / 10, f"device_{name}": times[name] / 2}
        return new | {"device_ratios": found["ratios"], "host_ratios": found["ratios"]}

    return Run("cuda", {**run.machine, "kind": "cuda", "device": "a GPU"}, tuple(map(row, run.rows)), ())


def test_without_results_of_a_gpu_the_page_says_so() -> None:
    alone = Results(tuple(run for run in RESULTS.runs if not run.on_gpu), RESULTS.kernels)
    assert "No GPU has timed these kernels yet" in page(alone)
    both = page(Results((*alone.runs, _on_gpu(alone.runs[0])), RESULTS.kernels))
    assert "No GPU has timed" not in both
    assert "## On a GPU: a GPU" in both
    assert "| device, ms |" in both


def test_nothing_has_been_measured_where_there_are_no_results() -> None:
    assert "| optimizer |" not in page(Results((), ()))
