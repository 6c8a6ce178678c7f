"""A difference as lines that begin as those of `diff -u` do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from .difference import Difference
from .match import Pair, marks

_HEADINGS = {"hyper": "Hyper-parameters", "flags": "Flags", "states": "State", "gradient": "Gradient"}
_HANGING = 4


def lines(found: Difference, width: int) -> Iterator[Text]:
    """The page of `optgen diff`.

    Args:
        found: What changed.
        width: Columns of the terminal.
    """
    yield Text(f"--- {found.names[0]}", "bold red")
    yield Text(f"+++ {found.names[1]}", "bold green")
    yield Text("\nEquations", "bold")
    for pair in found.equations:
        yield from _lines(pair, width)
    for what, part in found.parts.items():
        changed = {name: pair for name, pair in part.items() if pair.status != "same"}
        if changed:
            yield Text(f"\n{_HEADINGS[what]}", "bold")
        for name, pair in changed.items():
            yield from _lines(Pair(*(f"{name}: {text}" if text else "" for text in (pair.a, pair.b))), width)
    if None not in found.bytes and found.bytes[0] != found.bytes[1]:
        yield Text("\nBytes moved for each element and step", "bold")
        yield from _lines(Pair(*(str(count) for count in found.bytes)), width)
    kept = [_HEADINGS[what] for what, part in found.parts.items() if part and _same(part.values())]
    if found.same:
        yield Text("\nnothing changed but names and sources", "dim")
    elif kept:
        yield Text(f"\nthe same: {', '.join(kept)}", "dim")


def _same(parts: Iterable[Pair]) -> bool:
    return all(pair.status == "same" for pair in parts)


def _lines(pair: Pair, width: int) -> Iterator[Text]:
    """A line that stayed, that went or came, or both of one that changed, with what changed marked."""
    if pair.status == "same":
        yield from _folded("  ", pair.a, "", "dim", width)
        return
    below = marks(pair.a, pair.b) if pair.status == "changed" else ("", "")
    if pair.a:
        yield from _folded("- ", pair.a, below[0], "red", width)
    if pair.b:
        yield from _folded("+ ", pair.b, below[1], "green", width)


def _folded(sign: str, text: str, below: str, style: str, width: int) -> Iterator[Text]:
    """A line in pieces that fit, each with its marks below it."""
    room, indent = max(width - len(sign), 20), 0
    while text:
        cut = len(text) if len(text) <= room - indent else text.rfind(" ", 1, room - indent + 1)
        cut = cut if cut > 0 else room - indent
        piece, marked = text[:cut], below[:cut]
        line = Text(sign + " " * indent + piece, style)
        for at, mark in enumerate(marked):
            if mark == "^":
                line.stylize("bold reverse", len(sign) + indent + at, len(sign) + indent + at + 1)
        yield line
        if marked.strip():
            yield Text("? " + " " * indent + marked.rstrip(), "dim")
        spaces = len(text[cut:]) - len(text[cut:].lstrip())
        text, below = text[cut + spaces :], below[cut + spaces :]
        indent = _HANGING
