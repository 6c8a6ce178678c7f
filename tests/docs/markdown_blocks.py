"""Pages of the documentation as the blocks that are to be run or compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"

_PART = re.compile(r"<!-- (?P<comment>.*?) -->|^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code, or what stands in a comment on its own.

    Attributes:
        line: Where it begins.
        comments: What comments in front of it say of it.
        language: Of the code.
        code: The text.
    """

    line: int
    comments: tuple[str, ...]
    language: str
    code: str


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page in order; comments that no block follows are blocks without code."""
    text = (DOCS / page).read_text(encoding="utf-8")
    comments: list[str] = []
    line = end = 0
    for found in _PART.finditer(text):
        if comments and text[end : found.start()].strip():
            yield Block(line, tuple(comments), "", "")
            comments = []
        line, end = text.count("\n", 0, found.start()) + 1, found.end()
        if found["comment"]:
            comments.append(found["comment"])
        else:
            yield Block(line, tuple(comments), found["language"], found["code"])
            comments = []
