"""Folders of documents: whose they are, and what they keep."""

from __future__ import annotations

from pathlib import Path

from optgen.build.errors import CommandError

SITE, BOOK = ".optgen-site.json", ".optgen-book.json"
"""What the folder of a site or of a book says of itself: without it, nothing in a folder is overwritten or removed."""
CACHE = ".cache"
"""What a folder of documents keeps for the next time."""


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
