"""Verification reports as a table for a terminal of 80 columns and more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from .report import Check, Report

_FEW = 3

_SHORT = (
    "Largest distance of each way, in units of the last place, where 32 or less are allowed. Of allowed: the largest "
    "share of the distance that rounding explains; 100% is a miss."
)
_DETAILED = (
    "Ulps: distance in units of the last place, where 32 or less are allowed: sharp is the share of such numbers, the "
    "others are small differences of large ones. Of allowed: the largest share of the allowed distance; 100% is a miss."
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
    """A row for each optimizer, a column for each way."""
    targets = list(dict.fromkeys(check.target for report in reports for check in report.checks))
    grid = _grid(["optimizer"], ["numbers", *targets, "of allowed"], _SHORT)
    for report in reports:
        worst = [_worst([c for c in report.checks if c.target == target]) for target in targets]
        count = sum(check.comparisons for check in report.checks)
        ratio = max((check.worst_ratio for check in report.checks), default=0.0)
        cells = [_count(count), *worst, _share(ratio)] if report.checks else [""] * (len(targets) + 2)
        grid.add_row(report.optimizer, *cells, _verdict(report))
    return grid


def _detailed(reports: Sequence[Report]) -> Table:
    """A row for each check, below the name of its optimizer."""
    checks = [check for report in reports for check in report.checks]
    grid = _grid(["target", "against"], ["numbers", "mean ulps", "worst ulps", "of allowed", "sharp"], _about(checks))
    for report in reports:
        grid.add_row(f"[bold]{report.optimizer}[/]", *[""] * 6, _verdict(report))
        for check in report.checks:
            cells = [_count(check.comparisons), f"{check.mean_ulps:.2f}", f"{check.worst_ulps:.2f}"]
            cells += [_share(check.worst_ratio), f"{check.sharp:.0%}", "" if check.passed else _failure(check.misses)]
            grid.add_row(f" {_way(check.target)}", _way(check.against), *cells)
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


def _way(name: str) -> str:
    """A short name of a way."""
    return name.partition(",")[0].replace("float", "f")


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
        grid.add_column(heading, no_wrap=True)
    for heading in numbers:
        grid.add_column(heading.replace(" ", "\n", 1), justify="right", no_wrap=True)
    grid.add_column("", no_wrap=True)
    return grid


def _worst(checks: Sequence[Check]) -> str:
    return f"{max(check.worst_ulps for check in checks):.2f}" if checks else ""


def _count(number: int) -> str:
    return f"{number:,}" if number < 10_000 else f"{number / 1000:,.0f}k"


def _share(ratio: float) -> str:
    return f"{ratio:.0%}" if ratio < 10 else f"{ratio:.0e}x"


def _failure(missed: int) -> str:
    return f"[red]{_count(missed)} missed[/]" if missed else "[red]nothing compared[/]"


def _verdict(report: Report) -> str:
    if report.error:
        return "[red]error[/]"
    return "[green]ok[/]" if report.passed else _failure(sum(check.misses for check in report.checks))
