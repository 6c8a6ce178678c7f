"""The table of `optgen list`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

Facts = dict[str, Any]


WIDE = 110
"""Columns from which there is room for everything."""


def overview_table(rows: Iterable[Facts], width: int) -> Table:
    """One row an optimizer.

    Args:
        rows: What is known of each.
        width: Columns of the terminal; hyper-parameters and flags are left out where it is narrow.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("name", style="cyan", no_wrap=True)
    table.add_column("class", no_wrap=True)
    table.add_column("state")
    table.add_column("bytes", justify="right", no_wrap=True)
    if width >= WIDE:
        table.add_column("kind", no_wrap=True)
        table.add_column("hyper-parameters and flags", overflow="fold", ratio=1)
    table.add_column("source", overflow="fold", ratio=1)
    for row in rows:
        cells = [row["name"], row["class"], _states(row), str(row["minimum_bytes_per_element"])]
        cells += [row["kind"], _options(row)] if width >= WIDE else []
        table.add_row(*map(Text, (*cells, row["paper"])))
    table.caption = "bytes: the least that a step can move per element, in float32; state?: kept under a flag only"
    table.caption_justify = "left"
    return table


def _states(row: Facts) -> str:
    return ", ".join(state["name"] + ("?" if state["if"] else "") for state in row["states"])


def _options(row: Facts) -> str:
    return ", ".join([*(h["name"] for h in row["hyper"]), *(f["name"] for f in row["flags"])])
