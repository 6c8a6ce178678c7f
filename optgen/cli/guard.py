"""From exceptions to messages and exit codes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer

from optgen.build.errors import CommandError
from optgen.problems import SpecError

from .streams import tell

P = ParamSpec("P")
R = TypeVar("R")

WRONG = 2
"""Exit code where the command or a spec is wrong."""

FAILED = 1
"""Exit code where a check failed."""


def tell_mistake(error: SpecError | CommandError) -> None:
    """Print what the user or the author of a spec can mend."""
    if isinstance(error, SpecError):
        for problem in error.problems:
            tell(str(problem))
    else:
        tell(f"optgen: {error}")


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """A command that ends with a message where the user or the author of a spec has made a mistake."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (SpecError, CommandError) as error:
            tell_mistake(error)
        except BrokenPipeError as error:
            # Typer takes this for a reader of standard output that has gone, and would be quiet about it.
            raise RuntimeError("another process of ours has ended early") from error
        except OSError as error:
            if error.filename is None:
                raise
            tell(f"optgen: {error.filename}: {error.strerror}")
        raise typer.Exit(WRONG)

    return run
