"""What a verification found: counts, worst distances, and misses."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

from .tables import table

__all__ = ["MOST_MISSES", "Check", "Miss", "Report", "miss_lines", "table"]

MOST_MISSES = 20
"""Misses kept for each check, the worst of each quantity and step; the rest are counted."""

_SHOWN = 3


@dataclass(frozen=True)
class Check:
    """One way of computing the update, compared with another.

    Attributes:
        target: What was checked.
        against: What it was compared with.
        allowed: What distance was allowed, in words.
        cases: Choices of hyper-parameters, flags and size.
        comparisons: Numbers compared.
        finite: Share of comparisons with a finite number, for which a finite distance was allowed. Elsewhere NaN is
            compared with NaN and an infinity with an infinity, or, where nothing is known, nothing at all.
        sharp: Share of comparisons in which 32 ulps or less were allowed; elsewhere an element is the small difference
            of large numbers. An ulp is the unit of the last place of the target's dtype.
        mean_ulps: Mean distance among the sharp comparisons, in ulps.
        largest_ulps: Largest distance among the sharp comparisons, in ulps.
        worst_ratio: Largest ratio of a distance to what was allowed there, sharp or not; above 1 is a miss.
        worst_ulps: The distance in that comparison, in ulps.
        worst_allowed: The distance that was allowed in it, in ulps.
        misses: Numbers that were too far off.
    """

    target: str
    against: str
    allowed: str
    cases: int
    comparisons: int
    finite: float
    sharp: float
    mean_ulps: float
    largest_ulps: float
    worst_ratio: float
    worst_ulps: float
    worst_allowed: float
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
        setting: Hyper-parameters and flags.
        size: Number of elements.
        step: The value of t.
        quantity: The parameter or state.
        element: Index in the flat tensor.
        expected: The value it was compared with.
        got: The value.
        ulps: Their distance.
        allowed_ulps: The distance that rounding explains.
        others: Further elements of the same quantity and step that are too far off, each less so.
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
    others: int = 0

    def __str__(self) -> str:
        more = f", and {self.others} more" if self.others else ""
        return (
            f"{self.optimizer}: {self.target}: {self.quantity}[{self.element}] of {self.size} at t={self.step} is "
            f"{self.got!r}, not {self.expected!r} ({self.against}): {self.ulps:.3g} ulps apart, "
            f"{self.allowed_ulps:.3g} allowed{more}; {self.setting}"
        )


@dataclass(frozen=True)
class Report:
    """Everything found about one optimizer.

    Attributes:
        optimizer: Name of the spec.
        checks: One for each pair of ways.
        misses: The first `MOST_MISSES` of each check.
        hollow: What was hardly compared at all with the defaults, because it is not finite there, a line each.
        error: What kept the verification from being finished; empty where nothing did.
        stopped: Whether runs were left out because enough had missed.
        seconds: Time it took.
        untaken: Choices of which one arm was never taken, a line each: such an arm is not verified.
    """

    optimizer: str
    checks: tuple[Check, ...] = ()
    misses: tuple[Miss, ...] = ()
    hollow: tuple[str, ...] = ()
    error: str = ""
    stopped: bool = False
    seconds: float = field(default=0.0, compare=False)
    untaken: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check was made and passed, and none of them was hollow."""
        return not self.error and not self.hollow and bool(self.checks) and all(check.passed for check in self.checks)

    def __repr__(self) -> str:
        """What a prompt shows: a line, and one for each miss."""
        numbers = sum(check.comparisons for check in self.checks)
        worst = max((check.worst_ratio for check in self.checks), default=0.0)
        found = f"{len(self.checks)} checks of {numbers:,} numbers, at most {worst:.0%} of the allowed distance"
        verdict = "passed" if self.passed else "failed"
        return "\n".join([f"<{self.optimizer} {verdict}: {found}, {self.seconds:.1f} s>", *miss_lines([self])])

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers that are not finite, for which it has no word, as texts."""
        checks = [asdict(check) | {"passed": check.passed} for check in self.checks]
        values: dict[str, Any] = _plain(asdict(self) | {"passed": self.passed, "checks": checks})
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Report:
        """The inverse of `as_dict`."""
        checks = tuple(_made(Check, {k: v for k, v in c.items() if k != "passed"}) for c in values["checks"])
        misses = tuple(_made(Miss, m) for m in values["misses"])
        lines: dict[str, Any] = {name: tuple(values[name]) for name in ("hollow", "untaken")}
        plain: dict[str, Any] = {name: values[name] for name in ("optimizer", "error", "stopped", "seconds")}
        return cls(checks=checks, misses=misses, **plain, **lines)


_Part = TypeVar("_Part", Check, Miss)


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {k: _plain(v) for k, v in value.items()}
        case list() | tuple():
            return [_plain(v) for v in value]
        case float() if not math.isfinite(value):
            return str(value)
    return value


def _made(kind: type[_Part], values: dict[str, Any]) -> _Part:
    """A dataclass from plain values, numbers as numbers."""
    floats = {f.name for f in fields(kind) if f.type == "float"}
    numbers: dict[str, Any] = {k: float(v) if k in floats else v for k, v in values.items()}
    return kind(**numbers)


def miss_lines(reports: Iterable[Report]) -> list[str]:
    """What is wrong or not known, for a person: errors, and the first misses of each check, a line each."""
    lines = []
    for report in reports:
        if report.error:
            lines.append(f"{report.optimizer}: {report.error}")
        lines += [f"{report.optimizer}: {what}" for what in (*report.hollow, *report.untaken)]
        for check in report.checks:
            found = [m for m in report.misses if (m.target, m.against) == (check.target, check.against)]
            lines += [str(miss) for miss in found[:_SHOWN]]
            told = sum(1 + miss.others for miss in found[:_SHOWN])
            if check.misses > told:
                lines.append(f"{report.optimizer}: {check.target}: {check.misses - told:,} more ({check.against})")
        if report.stopped:
            lines.append(f"{report.optimizer}: stopped, since enough has missed; the other runs were not made")
    return lines
