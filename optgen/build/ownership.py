"""Which files are ours: the first line of each generated file says so."""

from __future__ import annotations

import re

from optgen.files import MARK

_ORIGIN = re.compile(rf"{re.escape(MARK)} from ([^/]+)/")


def is_ours(first_line: bytes) -> bool:
    """Whether a file with this first line was generated."""
    return MARK.encode() in first_line


def origin(first_line: bytes) -> str | None:
    """Name of the specs folder that a generated file came from; None for files that every build has."""
    found = _ORIGIN.search(first_line.decode(errors="replace"))
    return found[1] if found else None


def header(source: str) -> str:
    """First line of a Python file that the build itself writes.

    Args:
        source: What it was made from: "from specs/a.py", "with templates/...".
    """
    return f"# {MARK} {source}. Do not edit.\n"
