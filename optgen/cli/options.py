"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .complete import complete_names


def folder(text: str) -> Path:
    """A folder; an empty text, as an unset variable of a shell leaves, would mean the working directory."""
    if not text:
        raise typer.BadParameter("the name of the folder is empty")
    return Path(text)


Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME", help="Only these optimizers.", show_default="all", autocompletion=complete_names),
]
Specs = Annotated[
    Path | None,
    typer.Option(
        "--specs", metavar="DIR", parser=folder, help="Folder of specs.", show_default="those that optgen ships"
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        parser=folder,
        help="Folder of generated code.",
        show_default="generated, beside the specs",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", min=1, metavar="N", help="Processes that may work at once.", show_default="processors"
    ),
]
