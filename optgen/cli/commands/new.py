"""`optgen new`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optgen.cli.complete import complete_all_names
from optgen.cli.options import Json, folder
from optgen.cli.streams import only_results, say, say_json

if TYPE_CHECKING:
    from optgen.scaffold.create import Created

EXAMPLES = (
    ("optgen new foo", "a short spec that teaches the language"),
    ("optgen new foo --from bar", "a copy to change"),
    ("optgen new foo --specs mine", "in a folder of your own"),
)


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is to be called.", show_default=False)],
    original: Annotated[
        str | None,
        typer.Option("--from", metavar="NAME", help="The spec to begin with.", autocompletion=complete_all_names),
    ] = None,
    specs: Annotated[
        Path, typer.Option("--specs", metavar="DIR", parser=folder, help="Folder of specs; made where there is none.")
    ] = Path("specs"),
    json: Json = False,
) -> None:
    """Write a spec file that builds as it stands, and say what to type next.

    A file that is there is never overwritten. A copy keeps equations, docstring and paper; its class and title follow
    from the new name, and what it imports from specs that optgen ships it imports from optgen.specs.
    """
    from optgen.scaffold.create import create

    with only_results():
        made = create(name, specs, original)
    following = [f"optgen {word} {name}{_where(specs)}" for word in ("show", "build", "try")]
    if json:
        say_json(_document(made, original, following))
        return
    from optgen.build.folders import shown

    say(f"{shown(made.file.resolve())}: {made.kind} {made.name}, {made.class_name} in Python")
    what = ("its equations, and what becomes of them", "code of it, verified", "steps of it on a surface")
    width = max(map(len, following)) + 2
    for line, about in list(zip(following, what, strict=True))[: 3 if made.kind == "optimizer" else 2]:
        say(f"  {line:{width}}{about}")


def _document(made: Created, original: str | None, following: list[str]) -> dict[str, object]:
    return {
        "name": made.name,
        "class": made.class_name,
        "kind": made.kind,
        "file": str(made.file),
        "from": original,
        "next": following if made.kind == "optimizer" else following[:2],
    }


def _where(specs: Path) -> str:
    """The option that other commands need, where the folder is not the one that they take by themselves."""
    from optgen.build.errors import CommandError
    from optgen.build.folders import find_specs

    try:
        if find_specs() == specs.resolve():
            return ""
    except CommandError:
        pass  # an installation without specs
    return f" --specs {shlex.quote(str(specs))}"
