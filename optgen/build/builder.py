"""The build from beginning to end."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .apply import apply, save
from .folders import Folders
from .goal import Wish
from .lock import can_lock, locked
from .plan import Plan, make_plan, refuse_foreign
from .watcher import Silent, Watcher

if TYPE_CHECKING:
    from optgen.verify.report import Report


@dataclass(frozen=True)
class Request:
    """What to build.

    Attributes:
        folders: Where.
        names: Only these optimizers; all where empty.
        verify: Whether to verify what changed.
        jobs: Processes that may work at once; as many as there are processors where None.
    """

    folders: Folders
    names: tuple[str, ...] = ()
    verify: bool = True
    jobs: int | None = None

    @property
    def processes(self) -> int:
        """How many processes may work at once."""
        return self.jobs or os.cpu_count() or 1


@dataclass(frozen=True)
class Outcome:
    """What a build did.

    Attributes:
        written: How many files were new or differed.
        unchanged: How many were as they should be.
        removed: How many no spec gave any more.
        reports: What the verification found.
        seconds: Time it took.
    """

    written: int
    unchanged: int
    removed: int
    reports: tuple[Report, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether what was verified is right."""
        return all(report.passed for report in self.reports)

    def __str__(self) -> str:
        parts = [f"{self.written} written", f"{self.unchanged} unchanged", f"{self.removed} removed"]
        failed = sum(not report.passed for report in self.reports)
        parts.append(f"{len(self.reports) - failed} verified")
        parts += [f"{failed} failed verification"] if failed else []
        return f"{', '.join(parts)} in {self.seconds:.1f} s"


def build(request: Request, watcher: Watcher | None = None) -> Outcome:
    """Generate what is stale, bring the output folder up to date, and verify what changed.

    Args:
        request: What to build.
        watcher: Is told of progress.

    Raises:
        CommandError: The build cannot be made as asked.
        SpecError: With all the mistakes of all the specs; nothing was written.
    """
    started = time.perf_counter()
    watcher = watcher or Silent()
    wish = Wish(request.names, verify=request.verify)
    plan = make_plan(request.folders, wish, watcher, request.processes)
    reports: Sequence[Report] = ()
    if plan.is_clean and not can_lock(request.folders.out):
        reports = _verify(plan, request, watcher)  # which the next build will do again
    elif not plan.idle:
        refuse_foreign(plan)
        with locked(request.folders.out, watcher):
            # Another build may have come first. What is generated already is used, if it is still what is wanted.
            plan = make_plan(request.folders, wish, watcher, jobs=1, earlier=plan)
            apply(plan)
            reports = _verify(plan, request, watcher)
            passed = {r.optimizer: plan.goal.verify[r.optimizer] for r in reports if r.passed}
            if passed:
                save(plan, plan.goal.record.with_verified(passed))
    seconds = time.perf_counter() - started
    return Outcome(len(plan.writes), plan.unchanged, len(plan.removals), tuple(reports), seconds)


def preview(request: Request, watcher: Watcher | None = None) -> Plan:
    """Generate everything in memory and compare; nothing is written, not even a lock.

    Args:
        request: What to look at.
        watcher: Is told of progress.

    Raises:
        CommandError: The comparison cannot be made as asked, or a build would refuse.
        SpecError: With all the mistakes of all the specs.
    """
    wish = Wish(request.names, afresh=True, verify=False)
    plan = make_plan(request.folders, wish, watcher or Silent(), request.processes)
    refuse_foreign(plan)
    return plan


def _verify(plan: Plan, request: Request, watcher: Watcher) -> Sequence[Report]:
    """Verify what the plan says."""
    if not plan.goal.verify:
        return ()
    from optgen.verify import verify

    units = plan.workshop.of(plan.goal.verify)
    with watcher.task("verifying", len(units)) as done:
        return verify(
            units,
            request.folders.specs,
            request.folders.out,
            jobs=request.jobs,
            on_done=lambda report: done(report.optimizer),
        )
