"""The runtime that generated code imports: copies of what the templates folders hold."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .errors import CommandError
from .hashing import read
from .ownership import header

FOLDER = "_runtime"


def runtime_files(template_folders: Iterable[Path]) -> dict[str, str]:
    """Text of each runtime file, by path below the output folder.

    Args:
        template_folders: Where the targets' templates are; each target may have a `_runtime` of its own.

    Raises:
        CommandError: Two targets have a file of one name.
    """
    origins: dict[str, Path] = {}
    texts = {}
    for file in sorted(f for folder in template_folders for f in folder.glob(f"*/{FOLDER}/*.py")):
        name = f"{FOLDER}/{file.name}"
        template = Path(*file.parts[-3:])
        if name in origins:
            raise CommandError(f"templates/{origins[name]} and templates/{template} are both to be {name}: rename one")
        origins[name] = template
        texts[name] = header(f"with templates/{template.as_posix()}") + read(file).decode()
    return texts
