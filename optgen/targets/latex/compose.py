"""Finished formulas put together: delimiters that grow, sums on several lines."""

from __future__ import annotations

from collections.abc import Sequence

from .width import width

_TALL = (r"\frac", r"\sum", r"\sqrt", r"\begin")


def delimited(left: str, text: str, right: str) -> str:
    """Text between delimiters that grow with it."""
    if any(mark in text for mark in _TALL):
        return rf"\left{left} {text} \right{right}" if left[0] == "\\" else rf"\left{left}{text}\right{right}"
    return f"{left} {text} {right}" if left[0] == "\\" else f"{left}{text}{right}"


def filled(terms: Sequence[str], limit: float) -> list[str]:
    """Terms in lines no wider than a limit, as far as they break."""
    lines: list[str] = []
    for term in terms:
        if lines and width(f"{lines[-1]} {term}") <= limit:
            lines[-1] += f" {term}"
        else:
            lines.append(term)
    return lines


def stacked(terms: Sequence[str], limit: float) -> str:
    """A sum on several lines inside a formula."""
    first, *rest = filled(terms, limit)
    lines = [f"& {first}", *(rf"& \quad {{}} {line}" for line in rest)]
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}" if rest else first
