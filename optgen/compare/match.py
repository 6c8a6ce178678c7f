"""Lines of two lists that belong together: those of one name, and those that are alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_ALIKE = 0.75
"""Equations of different names belong together where as much of them is the same."""
_TOKEN = re.compile(r"\d[\d.]*(?:e-?\d+)?|\w+(?:\[[^\]]*\])?|\*\*|[<>=!]=|\S")


@dataclass(frozen=True)
class Pair:
    """A line of one list with the one of the other that it belongs to; empty where there is none.

    Attributes:
        a: Of the first list.
        b: Of the second.
    """

    a: str
    b: str

    @property
    def status(self) -> str:
        """One of "same", "changed", "removed" and "added"."""
        if self.a == self.b:
            return "same"
        return "changed" if self.a and self.b else "removed" if self.a else "added"


def pairs(a: Sequence[str], b: Sequence[str]) -> list[Pair]:
    """Equations, each with the one that it became, in an order that keeps both.

    Args:
        a: Equations, `name[t] = ...`; no two of one name.
        b: The others.
    """
    partner = _by_name(a, b)
    rest = [line for line in b if line not in partner.values()]
    for line in a:
        if line not in partner and rest:
            best = max(rest, key=lambda other: _likeness(line, other))
            if _likeness(line, best) >= _ALIKE:
                partner[line] = best
                rest.remove(best)
    return _merged(a, b, partner)


def _by_name(a: Sequence[str], b: Sequence[str]) -> dict[str, str]:
    names = {_name(line): line for line in b}
    return {line: names[_name(line)] for line in a if _name(line) in names}


def _name(line: str) -> str:
    return line.partition(" = ")[0]


def _likeness(a: str, b: str) -> float:
    """How much of the right-hand sides is the same, from 0 to 1."""
    first, second = (_TOKEN.findall(line.partition(" = ")[2]) for line in (a, b))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _merged(a: Sequence[str], b: Sequence[str], partner: dict[str, str]) -> list[Pair]:
    """Both lists as one: that of the second, with what only the first has behind what stood before it there."""
    taken = {line: other for other, line in partner.items()}
    made = [Pair(taken.get(line, ""), line) for line in b]
    for number, line in enumerate(a):
        if line not in partner:
            before = {*a[:number]}
            at = max((n + 1 for n, pair in enumerate(made) if pair.a in before), default=0)
            made.insert(at, Pair(line, ""))
    return made


def marks(a: str, b: str) -> tuple[str, str]:
    """What changed in each of two lines: a line of spaces, with `^` below what the other has not."""
    first, second = ([(m.group(), *m.span()) for m in _TOKEN.finditer(text)] for text in (a, b))
    matcher = SequenceMatcher(None, [t for t, *_ in first], [t for t, *_ in second], autojunk=False)
    lines = ([" "] * len(a), [" "] * len(b))
    for kind, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if kind == "equal":
            continue
        for line, found, start, end in ((lines[0], first, a_from, a_to), (lines[1], second, b_from, b_to)):
            for at in range(found[start][1], found[end - 1][2]) if end > start else ():
                line[at] = "^"
    return "".join(lines[0]).rstrip(), "".join(lines[1]).rstrip()
