"""Finished formulas put together: delimiters that grow, sums on several lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .width import width

OPENING, CLOSING = r"\left.\begin{cases}", r"\end{cases}\right\}"
"""Around a choice inside a formula: the brace on its right says where it ends."""

_MARK = re.compile("|".join(map(re.escape, (OPENING, CLOSING))))
_TALL = (r"\frac", r"\sum", r"\sqrt", r"\begin")


def delimited(left: str, text: str, right: str) -> str:
    """Text between delimiters that grow with it."""
    text = opened(text)
    if any(mark in text for mark in _TALL):
        return rf"\left{left} {text} \right{right}" if left[0] == "\\" else rf"\left{left}{text}\right{right}"
    return f"{left} {text} {right}" if left[0] == "\\" else f"{left}{text}{right}"


def opened(text: str) -> str:
    """A text that nothing follows: a choice at its end needs no brace on its right."""
    if not text.endswith(CLOSING):
        return text
    depth = 0
    for mark in reversed(list(_MARK.finditer(text))):
        depth += 1 if mark.group() == CLOSING else -1
        if not depth:
            inner = text[mark.end() : -len(CLOSING)]
            return rf"{text[: mark.start()]}\begin{{cases}}{inner}\end{{cases}}"
    raise AssertionError(f"a choice that never begins: {text}")


def filled(terms: Sequence[str], limit: float, space: str = " ") -> list[str]:
    """Terms in lines no wider than a limit, as far as they break."""
    lines: list[str] = []
    for term in terms:
        if lines and width(lines[-1] + space + term) <= limit:
            lines[-1] += space + term
        else:
            lines.append(term)
    return lines


def stacked(terms: Sequence[str], limit: float, indent: str = r"\quad {} ") -> str:
    """Terms on several lines inside a formula, those after the first indented."""
    first, *rest = filled(terms, limit)
    lines = [f"& {first}", *(f"& {indent}{line}" for line in rest)]
    return r"\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}" if rest else first
