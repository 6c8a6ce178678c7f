"""What keeps a command from being carried out, other than mistakes in specs."""

from __future__ import annotations

from pathlib import Path


class CommandError(Exception):
    """The command cannot be carried out as asked; its text is for the user, and nothing was written."""


def cannot(what: str, path: Path | str, error: OSError) -> CommandError:
    """The error for something that the operating system refused.

    Args:
        what: What was tried: "write", "read", ...
        path: On which file or folder.
        error: What the system said.
    """
    return CommandError(f"cannot {what} {path}: {error.strerror or error}")
