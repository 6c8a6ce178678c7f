"""Widths of the columns of tables, where symbols may be long."""

from __future__ import annotations

from collections.abc import Sequence

from optgen.targets.latex.width import width

_EM = 3.3
"""Millimetres of an em in tables, with something to spare."""
_LEAST = 18


def columns(rows: Sequence[Sequence[str]], wanted: Sequence[int]) -> str:
    """The columns of a `tabular`: the first, of symbols, as wide as they are, at the cost of the widest of the others.

    Args:
        rows: Cells as LaTeX.
        wanted: Widths in millimetres.
    """
    symbols = max((_EM * width(row[0].replace("$", "")) for row in rows), default=0.0)
    first = max(wanted[0], round(symbols))
    others = list(wanted[1:])
    short = first - wanted[0]
    while short > 0 and max(others) > _LEAST:
        others[others.index(max(others))] -= 1
        short -= 1
    return "".join(f"P{{{size}mm}}" for size in (first, *others))
