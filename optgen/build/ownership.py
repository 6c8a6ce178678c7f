"""Which files are ours: the first line of each generated file says so, and nothing else that has its words."""

from __future__ import annotations

import re

from optgen.files import MARK

_TEMPLATE = r" with templates/\S.*"
_HEADER = re.compile(
    rf"[#%] {re.escape(MARK)}(?: from (?P<spec>[^/]+/.*?)(?:{_TEMPLATE})?|{_TEMPLATE})\. Do not edit\.\r?\n?"
)


def is_ours(first_line: bytes) -> bool:
    """Whether a file with this first line was generated."""
    return _HEADER.fullmatch(first_line.decode(errors="replace")) is not None


def origin(first_line: bytes) -> str | None:
    """Path of the spec that a generated file came from, from the name of its folder; None for what has no spec.

    Of a file that comes from all specs, it is the folder's name with a slash.
    """
    found = _HEADER.fullmatch(first_line.decode(errors="replace"))
    return found["spec"] if found else None


def header(source: str) -> str:
    """First line of a Python file that the build itself writes.

    Args:
        source: What it was made from: "from specs/a.py", "with templates/...".
    """
    return f"# {MARK} {source}. Do not edit.\n"
