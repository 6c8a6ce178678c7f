"""Changes to files, each of which happens at once or not at all."""

from __future__ import annotations

import contextlib
import glob
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

_LEFTOVER = re.compile(r"\..+\.[0-9a-f]{8}\.optgen-tmp")


def is_leftover(name: str) -> bool:
    """Whether a file of this name is one that `write` leaves when it is killed."""
    return _LEFTOVER.fullmatch(name) is not None


def write(path: Path, data: bytes) -> None:
    """Put a file in place: whoever looks sees the old one or the new one, whole.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.optgen-tmp")
    try:
        # Not `tempfile`, whose files only their owner may read.
        with beside.open("xb") as file:
            file.write(data)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    # Python takes what it compiled for current if second and size are the same, as they may be.
    _forget_compiled(path)


def remove(path: Path) -> None:
    """Remove a file, and what Python compiled from it.

    Raises:
        OSError: It cannot be removed.
    """
    _forget_compiled(path)  # first: killed in between, the next build still finds the source
    path.unlink(missing_ok=True)


def _forget_compiled(path: Path) -> None:
    for compiled in path.parent.glob(f"__pycache__/{glob.escape(path.stem)}.*.pyc"):
        compiled.unlink(missing_ok=True)


def remove_empty_folders(out: Path, names: Iterable[str]) -> None:
    """Remove the folders that these paths lay in, where nothing else lies in them."""
    folders = {out / parent for name in names for parent in Path(name).parents if parent != Path()}
    for folder in sorted(folders, key=lambda f: len(f.parts), reverse=True):
        for empty in (folder / "__pycache__", folder):
            with contextlib.suppress(OSError):  # not empty, or not there
                empty.rmdir()
