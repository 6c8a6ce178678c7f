"""Verdicts as a user reads them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .verdict import Outcome, Verdict

_STYLES = {Outcome.PROVED: "green", Outcome.WRONG: "bold red", Outcome.UNDECIDED: "yellow"}
_LONGEST, _WIDTH = 2_000, 110


def table(verdicts: Sequence[Verdict]) -> Table:
    """One row a relation."""
    found = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    found.add_column("relation", overflow="fold")
    found.add_column("proved for", no_wrap=True)
    found.add_column("seconds", justify="right", no_wrap=True)
    for verdict in verdicts:
        extent = Text(verdict.extent, _STYLES[verdict.outcome])
        found.add_row(Text(verdict.name), extent, f"{verdict.seconds:.2f}")
    return found


def page(verdict: Verdict) -> RenderableType:
    """Everything about one relation."""
    lines = [Text.assemble((verdict.left, "cyan"), f" {verdict.sign} ", (verdict.right, "cyan"))]
    ending = f" for {verdict.extent}" if verdict.steps is None else f" for the {verdict.extent}"
    head = f"{verdict.outcome}{ending if verdict.proved else ''}"
    lines.append(Text.assemble((head, _STYLES[verdict.outcome]), f" in {verdict.seconds:.2f} s"))
    if verdict.keeps:
        kept = ", ".join(f"{name} = {image}" for name, image in verdict.keeps.items())
        lines.append(Text(f"states that correspond, left and right: {kept}"))
    return Group(*lines, *(Padding(Text(line), (0, 0, 0, indent)) for indent, line in _details(verdict)))


def failures(verdicts: Sequence[Verdict]) -> str:
    """What there is to say of the relations without a proof."""
    return "\n\n".join(
        "\n".join([f"{v.location}: {v.name}: {v.outcome}", f"  {v.left} {v.sign} {v.right}", *_lines(v)])
        for v in verdicts
        if not v.proved
    )


def _lines(verdict: Verdict) -> list[str]:
    """The details in lines of their own, for logs."""
    layout = {"width": _WIDTH, "break_long_words": False, "break_on_hyphens": False}
    found: list[str] = []
    for indent, line in _details(verdict):
        space = " " * indent
        found += textwrap.wrap(line, initial_indent=space, subsequent_indent=space, **layout)  # type: ignore[arg-type]
    return found


def _details(verdict: Verdict) -> list[tuple[int, str]]:
    """Reason, residual and counterexample, where there are any, each with its indent."""
    found = []
    if verdict.reason:
        found.append((2, verdict.reason))
    if verdict.residual:
        what, _, value = verdict.residual.partition(": ")
        shown = value if len(value) <= _LONGEST else f"{value[:_LONGEST]} ..."
        found += [(2, f"left minus right, for {what}:"), (4, shown)]
    if verdict.counterexample:
        shown = ", ".join(f"{name} = {value}" for name, value in verdict.counterexample.items())
        found += [(2, "they differ for:"), (4, shown)]
    return found
