"""What went wrong in an author's file, said so that the author can mend it."""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Location:
    """A place in a source file.

    Attributes:
        file: Path as the user would type it.
        line: Line number, counted from 1; 0 means the file or folder as a whole.
        column: First column, counted from 0, or -1 where only the line is known.
        end_column: Column behind the last one, or -1.
    """

    file: str
    line: int = 0
    column: int = -1
    end_column: int = -1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def source(self) -> str:
        """The source line without its newline; empty where there is none."""
        return linecache.getline(self.file, self.line).rstrip() if self.line else ""

    @property
    def text(self) -> str:
        """What stands in the line between the columns; empty where only the line is known."""
        return self.source[self.column : self.end_column] if self.column >= 0 else ""

    def at(self, text: str) -> Location:
        """The same line, narrowed to the first whole-word occurrence of `text`, where it has one."""
        import re

        found = re.search(rf"(?<!\w){re.escape(text)}(?!\w)", self.source)
        return Location(self.file, self.line, found.start(), found.end()) if found else self


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it is, what is wrong, and the fix when it is known.

    Attributes:
        location: Where the author can mend it.
        message: What is wrong.
        fix: What to write instead; empty where it is not known.
        origin: Where it came to light, if that is elsewhere: in a transform, where the author applies one.
    """

    location: Location
    message: str
    fix: str = ""
    origin: Location = Location("")

    def __str__(self) -> str:
        text = f"{self.location}: {self.message}"
        if self.fix:
            text += f" ({self.fix})"
        source = self.location.source
        if source:
            indent = len(source) - len(source.lstrip())
            start = self.location.column if self.location.column >= 0 else indent
            end = self.location.end_column if self.location.end_column > start else len(source)
            end = min(end, len(source)) if self.location.column >= 0 else len(source)
            text += f"\n    {source.lstrip()}\n    {' ' * (start - indent)}{'^' * max(1, end - start)}"
        if self.origin.file:
            text += f"\n    {self.origin}: {self.origin.source.strip()}"
        return text


class SpecError(Exception):
    """The specs cannot be used as they stand.

    Attributes:
        problems: Every mistake that was found, in the order of the files and lines.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
