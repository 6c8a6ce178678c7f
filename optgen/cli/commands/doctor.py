"""`optgen doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import typer

from optgen.build.folders import find_folders
from optgen.cli.guard import FAILED
from optgen.cli.options import Json, Out, Specs
from optgen.cli.progress import watcher
from optgen.cli.streams import only_results, say, say_json, say_laid_out

if TYPE_CHECKING:
    from rich.table import Table

    from optgen.doctor.finding import Finding

EXAMPLES = (
    ("optgen doctor", "what works here, what is missing, how to get it"),
    ("optgen doctor --json", "for other programs, and for reports of mistakes"),
)


def command(json: Json = False, specs: Specs = None, out: Out = None) -> None:
    """Look whether optgen has what it needs: Python, packages, a GPU, compilers, LaTeX, current code.

    Exit code 1 where something is missing or wrong that optgen cannot do without; the rest is for single commands.
    """
    folders = find_folders(specs, out)

    from optgen.doctor.code import code
    from optgen.doctor.machine import gpu, programs, runs
    from optgen.doctor.packages import packages, python

    looks: dict[str, Callable[[], Iterable[Finding]]] = {
        "Python and packages": lambda: [python(), *packages()],
        "compilers": runs,
        "GPU": gpu,
        "programs": programs,
        "generated code": lambda: [code(folders)],
    }
    found: list[Finding] = []
    with only_results(), watcher().task("looked at", len(looks)) as done:
        for what, look in looks.items():
            found += look()
            done(what)
    passed = not any(finding.fails for finding in found)
    if json:
        say_json({"passed": passed, "findings": [finding.as_dict() for finding in found]})
    else:
        say_laid_out(lambda _: _table(found))
        failed = [finding.name for finding in found if finding.fails]
        say("all that optgen needs is there" if passed else f"not as optgen needs it: {', '.join(failed)}")
    if not passed:
        raise typer.Exit(FAILED)


def _table(found: list[Finding]) -> Table:
    """A row each: how it is, what it is for, and how to get it where it is not there."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from optgen.doctor.finding import State

    styles = {State.OK: "green", State.MISSING: "yellow", State.WRONG: "red"}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("what", style="cyan", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("found", overflow="fold")
    table.add_column("what for, and what to do", overflow="fold")
    for one in found:
        style = "red" if one.fails else styles[one.state]
        about = Text(one.use, "dim")
        if one.advice:
            about.append(("; " if one.use else "") + one.advice, "bold" if one.fails else "")
        table.add_row(one.name, Text(one.state.value, style), Text(one.found), about)
    return table
