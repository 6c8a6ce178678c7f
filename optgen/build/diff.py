"""What a build would change, as a unified diff."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from io import StringIO
from pathlib import Path

from .folders import shown
from .plan import Plan

_NOTHING = "/dev/null"


def differences(plan: Plan) -> Iterator[str]:
    """The lines of the diff that turns the folder into what it should be, each with its end."""
    out = plan.folders.out
    for file, text in sorted({**plan.writes, **dict.fromkeys(plan.removals)}.items()):
        before = _content(out / file)
        name = shown(out / file).lstrip("/")
        old = _NOTHING if before is None else f"a/{name}"
        new = _NOTHING if text is None else f"b/{name}"
        lines = [*unified_diff(_lines(before), _lines(text), old, new)]
        yield from map(_ended, lines or _no_lines(old, new))


def _content(path: Path) -> str | None:
    """What stands there now; None where nothing does."""
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return None


def _lines(text: str | None) -> list[str]:
    # Not `splitlines`, which sees line ends that no diff tool sees.
    return list(StringIO(text or "", newline="\n"))


def _no_lines(old: str, new: str) -> list[str]:
    """For files that differ, but not in their lines: one of them is empty and the other is not there."""
    return [f"--- {old}\n", f"+++ {new}\n"]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
