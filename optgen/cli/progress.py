"""Progress on standard error: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from optgen.build.watcher import Watcher

from .streams import tell


def watcher() -> Watcher:
    """What suits standard error."""
    return Bars() if sys.stderr.isatty() else Lines()


class Lines:
    """Lines, for logs."""

    def note(self, text: str) -> None:
        """Print a line."""
        tell(text)

    @contextmanager
    def task(self, what: str, total: int, forks: bool = False) -> Iterator[Callable[[str], None]]:
        """A line for each thing that is done."""
        del forks
        lock, numbers = threading.Lock(), count(1)

        def done(name: str) -> None:
            with lock:
                tell(f"{what} {next(numbers)}/{total}: {name}")

        yield done


class Bars:
    """A bar that goes away when it is full."""

    def note(self, text: str) -> None:
        """Print a line."""
        tell(text)

    @contextmanager
    def task(self, what: str, total: int, forks: bool = False) -> Iterator[Callable[[str], None]]:
        """A bar with a count and the name of what was done last."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        last = TextColumn("{task.fields[name]}")
        # The clock ticks in a thread.
        shown = Progress(*columns, last, console=Console(stderr=True), transient=True, auto_refresh=not forks)
        with shown:
            task = shown.add_task(what, total=total, name="")
            shown.refresh()
            yield lambda name: shown.update(task, advance=1, name=name, refresh=True)
