"""Blocks of cases: rows of a value and its condition, with room for what is tall."""

from __future__ import annotations

from collections.abc import Sequence

_TALL = (r"\frac", r"\sum")
# Space between two rows in display style, by whether they are tall; TeX counts it from where a line of text would end.
_GAPS = {(False, False): "", (False, True): "[1ex]", (True, False): "[2ex]", (True, True): "[3ex]"}


def block(rows: Sequence[tuple[str, str]], *, display: bool) -> str:
    """A `cases` environment.

    Args:
        rows: Value and condition of each, as LaTeX.
        display: Print tall values in display style, as an equation of their own.
    """
    text = ""
    for i, (value, condition) in enumerate(rows):
        if i:
            text += rf" \\{_gap(rows[i - 1][0], value, display=display)} "
        style = r"\displaystyle " if display and _tall(value) else ""
        text += f"{style}{value} & {condition}"
    return rf"\begin{{cases}} {text} \end{{cases}}"


def _tall(value: str) -> bool:
    return any(mark in value for mark in _TALL)


def _gap(above: str, below: str, *, display: bool) -> str:
    """Space between two rows; below cases inside cases it grows with their number of rows."""
    inner = above.count(r"\\") + 1 if r"\begin{cases}" in above else 0
    if inner:
        return f"[{1.7 * inner - 1:.1f}ex]"
    if display:
        return _GAPS[_tall(above), _tall(below)]
    return "[0.5ex]" if _tall(above) or _tall(below) else ""
