"""From a tree of LaTeX to a PDF, and what is wrong with it according to the log."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .document import MAIN
from .tools import NEEDED

TIMEOUT = 600
"""Seconds."""

WIDEST = 10.0
"""Points by which a line may be too long before it is a failure."""

_ERROR = re.compile(r"^(?:\./)?(?P<file>[^\s:]+\.(?:tex|bbl|bib|sty|aux|toc)):(?P<line>\d+): (?P<what>.*)$")
_OVERFULL = re.compile(r"^Overfull \\[hv]box \((?P<points>[\d.]+)pt too (?:wide|high)\)(?P<where>.*)$")
_UNDEFINED = re.compile(r"Warning: (?P<what>(?:Reference|Citation) [`'].*?' on page \S+ undefined)")
_ITEM = re.compile(r"^optgen: (?P<place>.*)$")


class BookError(Exception):
    """The book cannot be made; the text says why, a line for each reason."""


def missing_tools() -> list[str]:
    """Programs that are needed, and not there."""
    return [tool for tool in NEEDED if shutil.which(tool) is None]


def typeset(files: Mapping[str, str], folder: Path) -> bytes:
    """Write the tree into an empty folder and make the PDF there.

    Args:
        files: Texts by path.
        folder: Where.

    Raises:
        BookError: With the item and place of everything that is wrong.
    """
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    command = ["latexmk", "-norc", "-pdf", "-silent", "-file-line-error", "-halt-on-error", "-interaction=nonstopmode"]
    # Lines of the log are not broken; the date of the PDF is none of ours; TeX runs no programs.
    environment = os.environ | {"max_print_line": "10000", "shell_escape": "f", "openout_any": "p"}
    try:
        done = subprocess.run(
            [*command, MAIN], cwd=folder, env=environment, capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise BookError(f"LaTeX came to no end in {TIMEOUT} seconds") from None
    log = _text(folder / "book.log")
    problems = found_in(log, files)
    problems += [f"references.bib: {line}" for line in _text(folder / "book.blg").splitlines() if "Warning--" in line]
    pdf = folder / "book.pdf"
    if problems:
        raise BookError("\n".join(dict.fromkeys(problems)))
    if done.returncode or not pdf.is_file():
        raise BookError(f"latexmk failed:\n{done.stdout.decode(errors='replace')[-2000:]}")
    return pdf.read_bytes()


def found_in(log: str, files: Mapping[str, str]) -> list[str]:
    """What a log complains of, a line each, with its place.

    Args:
        log: The text, its lines unbroken.
        files: Texts by path, with marks of what stands where.
    """
    found, place = [], MAIN
    lines = log.split("\n")
    for number, line in enumerate(lines):
        if item := _ITEM.match(line):
            place = item["place"]
        elif (error := _ERROR.match(line)) and "Fatal error" not in line:
            command = _undefined(lines[number + 1 : number + 8]) if "Undefined" in error["what"] else ""
            where = place_of(error["file"], int(error["line"]), files) or place
            found.append(f"{where}: {error['what'].rstrip('.')}{command}")
        elif undefined := _UNDEFINED.search(line):
            found.append(f"{place}: {undefined['what']}")
        elif (over := _OVERFULL.match(line)) and float(over["points"]) > WIDEST:
            found.append(f"{place}: {over['points']}pt too wide{over['where']}")
    return found


def place_of(file: str, line: int, files: Mapping[str, str]) -> str:
    """The place in a spec that a line of the tree was made of; empty where nothing says so."""
    text = files.get(file, "").split("\n")[:line]
    return next((one[3:].strip() for one in reversed(text) if one.startswith("%@ ")), "")


def _undefined(context: list[str]) -> str:
    """The command at which TeX stopped: what it quotes is broken off there."""
    found = (re.search(r"\\[A-Za-z@]+\s*$", line) for line in context)
    return next((f" {command[0].strip()}" for command in found if command), "")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
