"""`optgen build`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from optgen.build.errors import CommandError
from optgen.cli.guard import FAILED
from optgen.cli.needs import need
from optgen.cli.options import Jobs, Names, Out, Specs
from optgen.cli.progress import watcher
from optgen.cli.streams import only_results, say, tell

if TYPE_CHECKING:
    from optgen.build.builder import Request
    from optgen.build.plan import Plan

EXAMPLES = (
    ("optgen build", "whatever is out of date"),
    ("optgen build foo bar", "only these"),
    ("optgen build --check", "for CI: a diff, exit code 1"),
    ("optgen build --specs mine --out mypkg/kernels", "your own"),
    ("optgen build --specs mine --watch", "again at every change"),
)


def command(
    names: Names = None,
    specs: Specs = None,
    out: Out = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; show what a build would change.")] = False,
    no_verify: Annotated[bool, typer.Option("--no-verify", help="Do not verify what changed.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Build again whenever a spec changes.")] = False,
    jobs: Jobs = None,
) -> None:
    """Generate code from the specs, and verify what changed.

    Files that are up to date are not touched. Generated files that no spec gives any more are removed; a file that
    was not generated is never overwritten or removed. With --watch, mistakes are shown, and waiting goes on; Ctrl-C
    ends it with exit code 0.
    """
    from optgen.build.builder import Request, preview
    from optgen.build.folders import find_folders

    request = Request(find_folders(specs, out), tuple(names or ()), verify=not no_verify, jobs=jobs)
    if check and watch:
        raise CommandError("--check writes nothing, and --watch does: leave out one of them")
    if check:
        with only_results():
            plan = preview(request, watcher())
        _show_differences(plan)
        return
    if watch:
        from optgen.cli.watching import build_on_change

        need("optgen build --watch", "watchfiles", extra="watch")
        build_on_change(request.folders.specs, lambda: _build(request))
    elif not _build(request):
        raise typer.Exit(FAILED)


def _build(request: Request) -> bool:
    """Build, and tell what came of it; whether what was verified is right."""
    from optgen.build.builder import build

    with only_results():
        outcome = build(request, watcher())
    if outcome.reports:
        from optgen.verify.report import miss_lines

        lines = miss_lines(outcome.reports)
        if lines:
            tell("\n".join(lines))
    say(str(outcome))
    return outcome.passed


def _show_differences(plan: Plan) -> None:
    from optgen.build.folders import shown

    out = shown(plan.folders.out)
    if plan.is_clean:
        say(f"{out}: all {plan.unchanged} files are as the specs have them")
        return
    from optgen.build.diff import differences

    for line in differences(plan):
        say(line, end="")
    counts = f"{len(plan.writes)} modified or missing, {len(plan.removals)} orphaned"
    tell(f"{out}: {counts}, {plan.unchanged} as the specs have them; optgen build brings it up to date")
    raise typer.Exit(FAILED)
