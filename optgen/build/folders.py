"""Where specs are read and code is written, when the user names folders and when not."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from .errors import CommandError


@dataclass(frozen=True)
class Folders:
    """The two folders of a command, absolute.

    Attributes:
        specs: What is read; exists.
        out: What is written; may not exist yet.
    """

    specs: Path
    out: Path

    @property
    def source(self) -> str:
        """Name of the specs folder in the headers of generated files."""
        return self.specs.name


def find_folders(specs: Path | None = None, out: Path | None = None) -> Folders:
    """Complete what the user named.

    Args:
        specs: Folder of specs; `optgen.specs` where None.
        out: Folder of generated code; where None, `optgen.generated`, or `generated` beside the specs that were named.

    Raises:
        CommandError: The folders cannot be used as such.
    """
    found = find_specs(specs)
    if out is None:
        out = found.parent / "generated" if specs else _package_folder("generated", found.parent / "generated")
    folders = Folders(found, out.resolve())
    _check(folders)
    return folders


def find_specs(specs: Path | None = None) -> Path:
    """The folder of specs, absolute; `optgen.specs` where none was named.

    Raises:
        CommandError: There is no such folder.
    """
    found = (specs or _package_folder("specs")).resolve()
    if not found.is_dir():
        what = "is a file, not a folder of specs" if found.exists() else "there is no such folder of specs"
        raise CommandError(f"{shown(found)}: {what}")
    return found


def _check(folders: Folders) -> None:
    specs, out = folders.specs, folders.out
    if not specs.name.isprintable():
        raise CommandError(f"{str(specs)!a}: the headers of generated files cannot show this folder's name")
    if out == specs or specs in out.parents:
        raise CommandError(f"{shown(out)}: lies in the folder of specs, so that generated code would be read as specs")
    # The first of its parents that exists decides whether it can be made.
    for folder in (out, *out.parents):
        if os.path.lexists(folder):
            if not folder.is_dir():
                raise CommandError(f"{shown(folder)}: is a file, not a folder for generated code")
            return


def _package_folder(name: str, otherwise: Path | None = None) -> Path:
    """The folder of a package inside optgen, which is not imported."""
    found = importlib.util.find_spec(f"optgen.{name}")
    folders = list(found.submodule_search_locations or ()) if found else []
    if not folders and otherwise is None:
        raise CommandError(f"this installation has no optgen.{name}: name a folder with --{name}")
    return Path(folders[0]) if folders or otherwise is None else otherwise


def shown(path: Path) -> str:
    """A path as messages show it: relative to the working directory where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
