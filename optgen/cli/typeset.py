"""The equations of `optgen show` and `optgen diff`, as a paper prints them, where the terminal has the letters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.text import Text

from .page import Typeset

if TYPE_CHECKING:
    from optgen.spec.model import Spec
    from optgen.typeset.equations import Display

INDENT = 2


def typeset(spec: Spec, width: int) -> Typeset | None:
    """Equations, and what their symbols are called in the spec; None where the output cannot show them.

    Args:
        spec: A captured spec.
        width: Columns of the terminal.
    """
    from optgen.typeset.equations import displays
    from optgen.typeset.letters import plain

    body = equations_text(displays(spec, width - INDENT))
    symbols = {s.name: plain(s.tex) for s in spec.series} | {h.name: plain(h.tex) for h in spec.hypers}
    hypers = {h.name for h in spec.hypers}
    other = [f"{mark} is {name}" for name, mark in symbols.items() if mark != name and name not in hypers]
    if other:
        body.append(Text("\n\n" + "\n".join(_listed(other, width - INDENT)), "dim"))
    return Typeset(body, symbols) if _can_show(body.plain) else None


def equations_text(found: list[Display]) -> Text:
    """Equations below each other, their equals signs too; air around those of more than one line."""
    from optgen.typeset.forms import columns

    left = max((columns(d.left) for d in found), default=0)
    text = Text(no_wrap=True)
    for number, display in enumerate(found):
        tall = len(display.lines) > 1 or (number and len(found[number - 1].lines) > 1)
        text.append("\n" * (1 + bool(tall)) if number else "")
        for at, line in enumerate(display.lines):
            base = at == display.baseline
            pad = " " * (left - columns(display.left))
            text.append("\n" if at else "")
            text.append(display.left + pad if base else " " * left, "cyan")
            text.append((" = " if base else "   ") + line.rstrip())
            text.append(f"    if {display.note}" if base and display.note else "", "dim")
    return text


def _listed(parts: list[str], width: int) -> list[str]:
    """Parts of a sentence in lines of a width, each part whole."""
    from optgen.typeset.forms import columns

    lines = [""]
    for number, part in enumerate(parts):
        word = part + ("," if number + 1 < len(parts) else "")
        if lines[-1] and columns(lines[-1]) + columns(word) + 1 > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def _can_show(text: str) -> bool:
    """Whether standard output has all the letters."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
