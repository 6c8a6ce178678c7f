"""Standard output for results and nothing else; standard error for everything else."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

CLOSED = 141
"""Exit code where whoever read our output has gone, as shells have it; 1 would say that a check failed."""

UNWRITTEN = 2
"""Exit code where results could not be written: the disk is full."""


def begin_streams() -> None:
    """Print what the terminal has no letters for as question marks, and to nowhere where a stream is closed."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)
            setattr(sys, name, open(number, "w", closefd=False))  # noqa: SIM115  # for as long as the process lives
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str, end: str = "\n") -> None:
    """Print a result; ends the process where it cannot be written."""
    with _written():
        print(text, end=end)


@contextlib.contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SystemExit(unwritten(error)) from None


def is_full(error: OSError) -> bool:
    """Whether this is about a stream that takes no more: of a file, the error would have the name."""
    return error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def unwritten(error: OSError) -> int:
    """Give up standard output, and say why; the exit code."""
    return _given_up(sys.stdout, error)


def tell(text: str) -> None:
    """Print what is no result; there is nobody to tell where that fails."""
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def say_json(document: object) -> None:
    """Print the one JSON document of a command."""
    say(json.dumps(_plain(document), indent=2, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    """The same with what JSON has no number for as text: "inf", "-inf", "nan"."""
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def say_laid_out(layout: Callable[[int], RenderableType]) -> None:
    """Print what Rich lays out, in the width and the colours of standard output.

    Args:
        layout: Makes it for a width in columns.
    """
    from rich.console import Console

    console = Console(highlight=False, emoji=False)
    with _written(), console.capture() as captured:  # which writes nothing, but that may fail as well
        console.print(layout(console.width))
    for line in captured.get().rstrip("\n").split("\n"):
        say(line.rstrip())  # Rich fills lines with spaces


@contextlib.contextmanager
def only_results() -> Iterator[None]:
    """Send to standard error whatever is printed meanwhile: by spec files, by generated code, by other processes."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # standard output is closed
        yield
        return
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def end_streams(code: object) -> object:
    """Write out what is buffered.

    Args:
        code: The exit code so far.

    Returns:
        The exit code: another one where results could not be written.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError) as error:
            given_up = _given_up(stream, error)
            code = given_up if stream is sys.stdout else code
    return code


def _given_up(stream: TextIO, error: Exception) -> int:
    """Send the rest nowhere: Python would try once more when it exits, and complain. Returns the exit code.

    Whoever reads only the beginning hears nothing of it.
    """
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        tell(f"optgen: cannot write the results: {error.strerror}")
        return UNWRITTEN
    return CLOSED
