"""Folders of documents: whose they are, and what they keep."""

from __future__ import annotations

import json
from pathlib import Path

from optgen.build.errors import CommandError
from optgen.build.folders import shown

SITE, BOOK = ".optgen-site.json", ".optgen-book.json"
"""What the folder of a site or of a book says of itself: without it, nothing in a folder is overwritten or removed."""
SETTINGS = "site.json"
"""In a folder of texts, what they are about and how they are shown: name of the folder of specs (`about`), the
optimizer that the first page shows (`shown`), those that are compared at first (`compared`), and short names of texts
(`short`)."""
CACHE = ".cache"
"""What a folder of documents keeps for the next time."""


def about(texts: Path) -> str:
    """The name of the folder of specs that a folder of texts is about; empty where it does not say.

    Args:
        texts: The folder; it may not exist.

    Raises:
        CommandError: What it says is no JSON.
    """
    file = texts / SETTINGS
    if not file.is_file():
        return ""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CommandError(f"{shown(file)}: is no JSON ({error})") from None
    return str(found.get("about", "")) if isinstance(found, dict) else ""


def refuse_foreign(out: Path, manifest: str, what: str) -> None:
    """Make sure that a folder is free for documents, or has held them before.

    Args:
        out: The folder; it may not exist yet.
        manifest: Name of the file that such a folder has.
        what: What is to be written: "site" or "book".

    Raises:
        CommandError: It is a file, or holds something else.
    """
    if out.exists() and not out.is_dir():
        raise CommandError(f"{out}: is a file, not a folder for the {what}")
    if not (out / manifest).is_file() and out.is_dir() and any(path.name != CACHE for path in out.iterdir()):
        text = f"holds something that is no {what} of optgen: name an empty or a new folder with --out"
        raise CommandError(f"{out}: {text}")
