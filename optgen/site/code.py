"""Code as HTML: coloured by Pygments, a line at a time, each with the lines of the spec that it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

LIGHT, DARK = "default", "github-dark"
"""Styles of Pygments."""


@dataclass(frozen=True)
class Line:
    """A line of code.

    Attributes:
        number: In its file, from 1.
        html: Coloured.
        links: Keys of the equations that it belongs to, separated by spaces; may be empty.
    """

    number: int
    html: str
    links: str = ""


def coloured(text: str, language: str = "python") -> str:
    """A piece of code as HTML, without links."""
    return str(highlight(text, get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True))).rstrip("\n")


def linked(text: str, links: Sequence[frozenset[str]]) -> list[Line]:
    """Python as lines.

    Args:
        text: The code.
        links: For each line the keys of equations.
    """
    lines = coloured(text).split("\n")
    return [
        Line(number, line, " ".join(sorted(keys)))
        for number, (line, keys) in enumerate(zip(lines, links, strict=True), start=1)
    ]


@cache
def stylesheet() -> str:
    """The colours, for light and dark."""
    light, dark = (HtmlFormatter(style=style).get_style_defs(".code") for style in (LIGHT, DARK))
    scoped = "\n".join(f':root[data-theme="dark"] {line}' for line in dark.splitlines() if line.startswith(".code ."))
    plain = "\n".join(line for line in light.splitlines() if line.startswith(".code ."))
    return f"{plain}\n{scoped}\n"
