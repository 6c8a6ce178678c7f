"""The same work again, whenever a file of a folder changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from optgen.build.errors import CommandError
from optgen.build.folders import shown
from optgen.problems import SpecError

from .guard import tell_mistake
from .streams import tell

_PATIENCE = 500
"""Milliseconds of waiting, at most, before the work begins for the first time."""


def build_on_change(folder: Path, work: Callable[[], object]) -> None:
    """Work now, and after every change of a Python file below a folder, until Ctrl-C.

    The folder is watched before the work begins, so that no change is missed that comes meanwhile. Mistakes are told.

    Args:
        folder: What is watched.
        work: What is done.
    """
    from watchfiles import PythonFilter, watch

    begun = False
    changes = watch(
        folder, watch_filter=PythonFilter(), rust_timeout=_PATIENCE, yield_on_timeout=True, raise_interrupt=False
    )
    for change in changes:
        if begun and not change:
            continue
        if change:
            names = sorted({shown(Path(file)) for _, file in change})
            tell(f"changed: {', '.join(names)}")
        begun = True
        try:
            work()
        except (SpecError, CommandError) as error:
            tell_mistake(error)
        tell(f"waiting for changes in {shown(folder)} (Ctrl-C ends)")
        sys.stdout.flush()
