"""Generated code in the user's cache folder: one folder for each content, written at once or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import optgen
from optgen.imported import import_folder

_DIGITS = 20
_SECONDS = 60 * 24 * 3600.0
"""How long what nobody asks for is kept."""


def cache_folder() -> Path:
    """Where the freedesktop standard has it; a fresh folder of the system's where that cannot be written."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    folder = (Path(given) if Path(given).is_absolute() else Path.home() / ".cache") / "optgen" / "loaded"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="optgen-"))
    return folder if os.access(folder, os.W_OK) else Path(tempfile.mkdtemp(prefix="optgen-"))


def kept(texts: Mapping[str, str]) -> Path:
    """A folder with these files: that of an earlier time, or of another process, where there is one.

    Args:
        texts: Text of each file, by path below the folder.
    """
    from optgen.build.hashing import digest_of

    parts = [part for name in sorted(texts) for part in (name, texts[name])]
    digest = digest_of([optgen.__version__, *parts])[:_DIGITS]
    root = cache_folder()
    folder = root / digest
    if folder.is_dir():
        with contextlib.suppress(OSError):
            os.utime(folder)
        return folder
    _prune(root)
    beside = root / f".{digest}.{secrets.token_hex(4)}"
    try:
        for name, text in texts.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_text(text, encoding="utf-8")
        with contextlib.suppress(OSError):  # another process was first, with the same files
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _prune(root: Path) -> None:
    """Remove what nobody has asked for in a long time."""
    oldest = time.time() - _SECONDS
    for folder in root.iterdir():
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def package(folder: Path) -> str:
    """Make a folder importable, and give the name of the package."""
    name = f"_optgen_loaded_{folder.name}"
    if name not in sys.modules:
        import_folder(name, folder)
    return name
