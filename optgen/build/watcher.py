"""How a build tells what it is doing; the command line shows it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Watcher(Protocol):
    """Is told of progress."""

    def task(self, what: str, total: int, forks: bool = False) -> AbstractContextManager[Callable[[str], None]]:
        """Something that takes a while.

        Args:
            what: What is being done: "generating".
            total: How many things.
            forks: Processes may be forked meanwhile, so that no thread may be running.

        Returns:
            Gives a function to call with the name of each thing that is done, from any thread.
        """
        ...

    def note(self, text: str) -> None:
        """Something that the user should know at once."""
        ...


class Silent:
    """Shows nothing."""

    def task(self, what: str, total: int, forks: bool = False) -> AbstractContextManager[Callable[[str], None]]:
        """Nothing."""
        del what, total, forks
        return nullcontext(_ignore)

    def note(self, text: str) -> None:
        """Nothing."""


def _ignore(_: str) -> None:
    pass
