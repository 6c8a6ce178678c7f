"""What lies in an output folder, before anything is done to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .hashing import digest
from .ownership import is_ours, origin
from .record import FOLDER
from .writing import is_leftover

_LONGEST_LINE = 4096


@dataclass(frozen=True)
class Tree:
    """The files that concern a build.

    Attributes:
        ours: Digest of each generated file, by path below the folder.
        origins: A generated file for each spec that headers name, and for the folder of them all, `specs/`.
        leftovers: Temporary files of builds that were killed.
    """

    ours: dict[str, str]
    origins: dict[str, str]
    leftovers: tuple[str, ...]


def scan(out: Path) -> Tree:
    """Look at an output folder, which need not exist; nothing is followed out of it."""
    ours: dict[str, str] = {}
    origins: dict[str, str] = {}
    leftovers: list[str] = []
    for path in _files(out):
        name = path.relative_to(out).as_posix()
        if is_leftover(path.name):
            leftovers.append(name)
        elif path.parent.name != FOLDER and (found := generated_content(path)):
            ours[name] = digest(found)
            source = origin(found.partition(b"\n")[0])
            if source:
                origins.setdefault(source, name)
    return Tree(ours, origins, tuple(leftovers))


def _files(out: Path) -> Iterator[Path]:
    """Every file below a folder, sorted, without those of another build inside it and of hidden folders."""
    for folder, below, files in os.walk(out):
        here = Path(folder)
        below[:] = sorted(name for name in below if _is_searched(here / name, out))
        yield from (here / name for name in sorted(files))


def _is_searched(folder: Path, out: Path) -> bool:
    if folder.name == "__pycache__" or folder.is_symlink():
        return False
    if folder.name.startswith("."):
        return folder == out / FOLDER
    # A folder with a runtime or a record of its own is the output of another build.
    return not (folder / "_runtime").is_dir() and not (folder / FOLDER).is_dir()


def generated_content(path: Path) -> bytes | None:
    """The content of a generated file; None for any other, of which only the first line is read."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        with path.open("rb") as file:
            first = file.readline(_LONGEST_LINE)
            return first + file.read() if is_ours(first) else None
    except OSError:
        return None  # what cannot be read is not ours
