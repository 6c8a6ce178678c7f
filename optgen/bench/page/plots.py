"""The pictures of the page: the same results give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from optgen.bench.cases import CASES
from optgen.svg import STYLE, svg

from .load import Row, Run
from .text import picture

MARKS = {
    "torch fused": ("o", "#0072b2"),
    "torch foreach": ("s", "#e69f00"),
    "torch compiled": ("^", "#009e73"),
    "optax": ("D", "#cc79a7"),
}
"""Whom pictures show: a shape and a colour, which those who see fewer colours can tell apart."""
OURS, SEVERAL, GRID = "#0072b2", "#e69f00", "#dddddd"
_STYLE = {**STYLE, "font.family": ["DejaVu Sans"], "font.size": 9}
ROW = 0.19
"""Inches of a row."""


def pictures(run: Run) -> dict[str, str]:
    """The pictures of a run as SVG, by their files."""
    drawn: dict[str, Callable[[Run], Figure]] = {"ratios": _ratios, "bandwidth": _bandwidth}
    if run.sizes:
        drawn["sizes"] = _sizes
    with mpl.rc_context(_STYLE):
        return {picture(run, what): _svg(draw(run)) for what, draw in drawn.items()}


def _svg(figure: Figure) -> str:
    """As a file, without spaces at the ends of lines."""
    return "\n".join(line.rstrip() for line in svg(figure).splitlines()) + "\n"


def _ratios(run: Run) -> Figure:
    """How many times as long others take, at one size."""
    rows = [row for row in run.one_size if MARKS.keys() & row["ratios"].keys()]
    figure = Figure(figsize=(7.5, 1.1 + ROW * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    _points(axes, [row["optimizer"] for row in rows], rows, run.ratios)
    axes.set_xlabel("time of the other one / time of ours (right of 1: ours is faster)")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=len(MARKS), frameon=False)
    return figure


def _sizes(run: Run) -> Figure:
    """The same at every size, a panel for each optimizer."""
    names = sorted({row["optimizer"] for row in run.sizes}, key=str.lower)
    cases = [case.name for case in CASES]
    figure = Figure(figsize=(7.5, 0.9 + 2 * ROW * len(names) * len(cases) / 2), layout="constrained")
    panels = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    for axes, name in zip(panels, names, strict=True):
        by_case = {row["case"]: row for row in run.sizes if row["optimizer"] == name}
        there = [case for case in cases if case in by_case]
        _points(axes, there, [by_case[case] for case in there], "ratios")
        axes.set_title(name, loc="left", fontsize=10, fontweight="bold")
    panels[-1].set_xlabel("time of the other one / time of ours (right of 1: ours is faster)")
    shown = {label: handle for axes in panels for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(shown.values(), shown.keys(), loc="outside upper center", ncols=len(MARKS), frameon=False)
    return figure


def _points(axes: Any, labels: Sequence[str], rows: Sequence[Row], ratios: str) -> None:
    """A point for each row and rival, on a logarithmic axis."""
    for who, (marker, colour) in MARKS.items():
        points = [(row[ratios][who], place) for place, row in enumerate(rows) if who in row[ratios]]
        if points:
            axes.scatter(*zip(*points, strict=True), marker=marker, c=colour, s=26, label=who, zorder=3)
    axes.axvline(1, color="#444444", linewidth=1)
    axes.set_xscale("log")
    _rows(axes, labels)
    low, high = axes.get_xlim()
    ticks = [tick for tick in _ticks() if low <= tick <= high]
    axes.set_xticks(ticks)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _ticks() -> Iterator[float]:
    for power in range(-3, 5):
        yield from (10.0**power, 2 * 10.0**power, 5 * 10.0**power)


def _bandwidth(run: Run) -> Figure:
    """Share of the bandwidth of a copy, of every optimizer."""
    rows = sorted(run.one_size, key=lambda row: (row["bandwidth_of_copy"], row["optimizer"]), reverse=True)
    figure = Figure(figsize=(7.5, 1.1 + ROW * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for label, colour, several in (("one pass over memory", OURS, False), ("several passes", SEVERAL, True)):
        places = [place for place, row in enumerate(rows) if (row["passes"] > 1) is several]
        shares = [100 * rows[place]["bandwidth_of_copy"] for place in places]
        if shares:
            axes.barh(places, shares, color=colour, height=0.7, label=label, zorder=2)
    axes.axvline(100, color="#444444", linewidth=1)
    _rows(axes, [row["optimizer"] for row in rows], grid="x")
    axes.set_xlabel("least bytes of a step / its time, in % of the bandwidth of a copy in the same run")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return figure


def _rows(axes: Any, labels: Sequence[str], grid: Literal["both", "x"] = "both") -> None:
    """Names down the left, a fine grid behind."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis=grid, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
