"""Digests of texts, files and versions."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from .errors import cannot
from .folders import shown


def digest(data: bytes) -> str:
    """The digest of a file's content."""
    return hashlib.sha256(data).hexdigest()


def digest_of(parts: Iterable[str]) -> str:
    """The digest of a list of texts; where one ends and the next begins counts."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass")
        total.update(len(data).to_bytes(8))
        total.update(data)
    return total.hexdigest()


def digest_files(folder: Path, files: Iterable[Path]) -> str:
    """The digest of files below a folder: their paths and contents."""
    return digest_of(part for file in files for part in (file.relative_to(folder).as_posix(), digest(read(file))))


def read(path: Path) -> bytes:
    """The content of a file that the build depends on.

    Raises:
        CommandError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise cannot("read", shown(path), error) from None


def python_files(folder: Path) -> list[Path]:
    """Every Python file below a folder, sorted."""
    return sorted(folder.rglob("*.py"))


def versions(*packages: str) -> list[str]:
    """The versions of Python and of packages, which are not imported for it; empty for one that is missing."""
    from importlib import metadata  # takes longer than all the rest of this package

    found = [".".join(map(str, sys.version_info[:3]))]
    for package in packages:
        try:
            found.append(metadata.version(package))
        except metadata.PackageNotFoundError:
            found.append("")
    return found
