"""One build at a time in an output folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import cannot
from .folders import shown
from .record import FOLDER
from .watcher import Watcher

_FILE = "lock"

_PATIENCE = 0.5
"""Seconds after which the user is told why nothing happens."""


def can_lock(out: Path) -> bool:
    """Whether this process may write to the folder; one that does not exist can perhaps be made."""
    places = (out, out / FOLDER, out / FOLDER / _FILE)
    return all(os.access(place, os.W_OK) for place in places if place.exists())


@contextmanager
def locked(out: Path, watcher: Watcher) -> Iterator[None]:
    """Hold a folder of generated code, which is made if need be; waits for another build to end.

    No process is forked under it, because a child would hold it for as long as it lives.

    Raises:
        CommandError: The folder cannot be written to.
    """
    with held(out, FOLDER, watcher):
        yield


@contextmanager
def held(out: Path, hidden: str, watcher: Watcher) -> Iterator[None]:
    """Hold a folder of output; waits for whoever holds it.

    The system gives the lock back when a process ends, however it ends.

    Args:
        out: The folder, which is made if need be.
        hidden: Name of the folder in it that has the file.
        watcher: Is told where it has to wait.

    Raises:
        CommandError: The folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(out / hidden / _FILE)
    try:
        (out / hidden).mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=_PATIENCE)
        except Timeout:
            watcher.note(f"waiting for another build of {shown(out)}")
            lock.acquire()
    except OSError as error:
        raise cannot("write to", shown(out), error) from None
    try:
        yield
    finally:
        lock.release()
