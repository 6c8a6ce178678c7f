"""The tables of `optgen list`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

Facts = dict[str, Any]


WIDE = 110
"""Columns from which there is room for everything."""

_CAPTION = "bytes: the least that a step can move per element, in float32; state?: kept under a flag only"


def overview_tables(rows: Sequence[Facts], width: int) -> Group:
    """One table a kind, one row a spec.

    Args:
        rows: What is known of each, those of a kind together.
        width: Columns of the terminal; classes, hyper-parameters and flags are left out where it is narrow.
    """
    tables = (_table(kind, list(group), width) for kind, group in groupby(rows, lambda row: str(row["kind"])))
    return Group(*(part for table in tables for part in (Text(), table)))


def _table(kind: str, rows: list[Facts], width: int) -> Table:
    """The specs of one kind."""
    wide = width >= WIDE
    columns: list[tuple[str, Any]] = [("state", _states)]
    if kind == "optimizer":
        columns.append(("bytes", lambda row: str(row["minimum_bytes_per_element"])))
    if wide:
        columns.append(("hyper-parameters and flags", _options))
    columns.append(("source", lambda row: str(row["paper"])))

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column(kind, style="cyan", no_wrap=True)
    if wide and kind != "transform":
        columns.insert(0, ("class", lambda row: str(row["class"])))
    for name, _ in columns:
        last = name in ("hyper-parameters and flags", "source")
        table.add_column(name, justify="right" if name == "bytes" else "left", ratio=1 if last else None)
    for row in rows:
        table.add_row(row["name"], *(Text(cell(row)) for _, cell in columns))
    if kind == "optimizer":
        table.caption, table.caption_justify = _CAPTION, "left"
    return table


def _states(row: Facts) -> str:
    return ", ".join(state["name"] + ("?" if state["if"] else "") for state in row["states"])


def _options(row: Facts) -> str:
    return ", ".join([*(h["name"] for h in row["hyper"]), *(f["name"] for f in row["flags"])])
