"""Verification reports as a table for a terminal of 80 columns and more."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from .report import Check, Report

_FEW = 3

_FINITE = "Finite: the share of numbers that are neither NaN nor infinite, nor lost to rounding."
_SHORT = (
    "Largest distance of each way in any dtype, in units of its last place, where 32 or less are allowed. Of allowed: "
    "the largest share of the distance that rounding explains; 100% is a miss."
    f" {_FINITE}"
)
_DETAILED = (
    "Ulps: distance in units of the last place, where 32 or less are allowed: sharp is the share of such numbers, the "
    "others are small differences of large ones. Of allowed: the largest share of the allowed distance; 100% is a miss."
    f" {_FINITE}"
)


def table(reports: Iterable[Report], *, detail: bool | None = None) -> Table:
    """The reports as a table.

    Args:
        reports: One for each optimizer.
        detail: A row for each check, instead of one for each optimizer; where None, for few optimizers.
    """
    found = list(reports)
    return _detailed(found) if detail or (detail is None and len(found) <= _FEW) else _short(found)


def _short(reports: Sequence[Report]) -> Table:
    """A row for each optimizer, a column for each way, whatever the dtype: for each of them there is no room."""
    ways = list(dict.fromkeys(_family(check) for report in reports for check in report.checks))
    grid = _grid(["optimizer"], ["numbers", "finite", *map(_way, ways), "of allowed"], _SHORT)
    for report in reports:
        worst = [_worst([c for c in report.checks if _family(c) == way]) for way in ways]
        count = sum(check.comparisons for check in report.checks)
        finite = sum(check.finite * check.comparisons for check in report.checks) / max(1, count)
        ratio = max((check.worst_ratio for check in report.checks), default=0.0)
        cells = [_count(count), _percent(finite), *worst, _share(ratio)]
        cells = cells if report.checks else [""] * len(cells)
        grid.add_row(report.optimizer, *cells, _verdict(report))
    return grid


def _detailed(reports: Sequence[Report]) -> Table:
    """A row for each check, below the name of its optimizer."""
    checks = [check for report in reports for check in report.checks]
    numbers = ["numbers", "finite", "sharp", "mean ulps", "max ulps", "of allowed"]
    grid = _grid(["target", "against"], numbers, _about(checks))
    for report in reports:
        grid.add_row(f"[bold]{report.optimizer}[/]", *[""] * (1 + len(numbers)), _verdict(report))
        for check in report.checks:
            cells = [_count(check.comparisons), _percent(check.finite), _percent(check.sharp), _ulps(check.mean_ulps)]
            cells += [_ulps(check.largest_ulps), _share(check.worst_ratio)]
            verdict = "" if check.passed else _failure(check.misses)
            grid.add_row(f" {_way(check.target)}", _way(check.against), *cells, verdict)
    return grid


def _about(checks: Sequence[Check]) -> str:
    """What the columns mean, and what is allowed: in most checks, then in those for which it differs."""
    phrases = [check.allowed for check in checks]
    usual = max(phrases, key=phrases.count, default="")
    others: dict[str, str] = {}
    for check in checks:
        if check.allowed != usual:
            known = any(c.target == check.target and c.allowed == usual for c in checks)
            others[check.allowed] = check.against if known else check.target
    notes = [usual, *(f"{label}: {phrase}" for phrase, label in others.items())]
    return f"{_DETAILED} Allowed is {'; '.join(notes)}." if usual else _DETAILED


def _family(check: Check) -> str:
    """The way, without its dtype."""
    return check.target.partition(" ")[0]


def _way(name: str) -> str:
    """A short name of a way, so that every column has room for large numbers."""
    name = name.partition(",")[0].partition(" on ")[0].removesuffix(" state")
    return name.replace("reference", "ref.").replace("float", "f").replace("16 bit", "16b")


def _grid(texts: Sequence[str], numbers: Sequence[str], about: str) -> Table:
    """An empty table: headings in several lines, so that numbers keep their columns narrow."""
    from rich import box
    from rich.table import Table

    grid = Table(
        title="verification",
        title_justify="left",
        caption=about,
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=0,
    )
    for heading in texts:
        grid.add_column(heading, overflow="fold")
    for heading in numbers:
        grid.add_column(heading.replace(" ", "\n", 1), justify="right", no_wrap=True)
    grid.add_column("", no_wrap=True)
    return grid


def _worst(checks: Sequence[Check]) -> str:
    return _ulps(max(check.largest_ulps for check in checks), digits=0) if checks else ""


def _ulps(distance: float, digits: int = 1) -> str:
    return f"{distance:.2f}" if distance < 100 else f"{distance:.{digits}e}"


def _percent(share: float) -> str:
    """Rounded down, so that all is all."""
    return f"{math.floor(100 * share)}%"


def _count(number: int) -> str:
    if number < 10_000:
        return str(number)
    return f"{number / 1e3:.0f}k" if number < 1e6 else f"{number / 1e6:.1f}M"


def _share(ratio: float) -> str:
    return f"{ratio:.0%}" if ratio < 10 else f"{ratio:.0e}x" if math.isfinite(ratio) else "inf"


def _failure(missed: int) -> str:
    return f"[red]{_count(missed)} missed[/]" if missed else "[red]no numbers[/]"


def _verdict(report: Report) -> str:
    if report.error:
        return "[red]error[/]"
    if report.hollow:
        return "[red]not finite[/]"
    return "[green]ok[/]" if report.passed else _failure(sum(check.misses for check in report.checks))
