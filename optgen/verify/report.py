"""What a verification found: counts, worst distances, and every miss."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

MOST_MISSES = 20
"""Misses kept in full for each optimizer; the rest are counted."""


@dataclass(frozen=True)
class Check:
    """One way of computing the update, compared with another.

    Attributes:
        target: What was checked.
        against: What it was compared with.
        cases: Runs of several steps.
        comparisons: Numbers compared.
        worst_ulps: Largest distance in units of the last place of the target's dtype, among the sharp comparisons.
        worst_allowed: Distance that was allowed where the ratio of the two is largest, in the same unit.
        worst_ratio: Largest ratio of a distance to what was allowed there; above 1 is a miss.
        sharp: Share of comparisons in which 32 ulps or less were allowed; elsewhere an element is the small difference
            of large numbers.
        misses: Numbers that were too far off.
    """

    target: str
    against: str
    cases: int
    comparisons: int
    worst_ulps: float
    worst_allowed: float
    worst_ratio: float
    sharp: float
    misses: int

    @property
    def passed(self) -> bool:
        """Whether something was compared, and nothing missed."""
        return self.comparisons > 0 and self.misses == 0


@dataclass(frozen=True)
class Miss:
    """One number that is further from what it should be than rounding explains.

    Attributes:
        optimizer: Name of the spec.
        target: What computed it.
        against: What it was compared with.
        setting: Hyper-parameters and flags that differ from their defaults.
        size: Number of elements.
        step: The value of t.
        quantity: The parameter or state.
        element: Index in the flat tensor.
        expected: The value it was compared with.
        got: The value.
        ulps: Their distance.
        allowed_ulps: The distance that rounding explains.
    """

    optimizer: str
    target: str
    against: str
    setting: str
    size: int
    step: int
    quantity: str
    element: int
    expected: float
    got: float
    ulps: float
    allowed_ulps: float

    def __str__(self) -> str:
        return (
            f"{self.optimizer}: {self.target} against {self.against}: {self.quantity}[{self.element}] of {self.size} "
            f"at t={self.step} is {self.got!r}, expected {self.expected!r}: {self.ulps:.3g} ulps apart, "
            f"{self.allowed_ulps:.3g} allowed ({self.setting})"
        )


@dataclass(frozen=True)
class Report:
    """Everything found about one optimizer.

    Attributes:
        optimizer: Name of the spec.
        checks: One for each pair of ways.
        misses: The first `MOST_MISSES` of each check.
        error: What kept the verification from being finished; empty where nothing did.
        seconds: Time it took.
    """

    optimizer: str
    checks: tuple[Check, ...] = ()
    misses: tuple[Miss, ...] = ()
    error: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def passed(self) -> bool:
        """Whether every check was made and passed."""
        return not self.error and bool(self.checks) and all(check.passed for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        checks = [asdict(check) | {"passed": check.passed} for check in self.checks]
        return asdict(self) | {"passed": self.passed, "checks": checks}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Report:
        """The inverse of `as_dict`."""
        checks = tuple(Check(**{k: v for k, v in c.items() if k != "passed"}) for c in values["checks"])
        misses = tuple(Miss(**m) for m in values["misses"])
        return cls(values["optimizer"], checks, misses, values["error"], values["seconds"])


def table(reports: Iterable[Report]) -> Table:
    """The reports as a table for a terminal."""
    from rich.table import Table

    grid = Table("optimizer", "target", "against", title="verification", title_justify="left")
    for heading in ("numbers", "worst ulps", "of allowed", "sharp"):
        grid.add_column(heading, justify="right")
    grid.add_column("")
    for report in reports:
        for number, check in enumerate(report.checks):
            grid.add_row(
                report.optimizer if number == 0 else "",
                check.target,
                check.against,
                f"{check.comparisons:,}",
                f"{check.worst_ulps:.2f}",
                f"{check.worst_ratio:.0%}",
                f"{check.sharp:.0%}",
                "[green]ok[/]" if check.passed else f"[red]{check.misses or 'no'} missed[/]",
            )
        if report.error:
            grid.add_row(report.optimizer, report.error.splitlines()[-1], "", "", "", "", "", "[red]error[/]")
    return grid


def miss_lines(reports: Iterable[Report]) -> list[str]:
    """Every miss and error, a line each."""
    lines = []
    for report in reports:
        lines += [str(miss) for miss in report.misses]
        if report.error:
            lines.append(f"{report.optimizer}: {report.error}")
    return lines
