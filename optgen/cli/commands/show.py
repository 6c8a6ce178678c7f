"""`optgen show`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from optgen.build.errors import CommandError
from optgen.build.folders import find_specs
from optgen.cli.complete import complete_names
from optgen.cli.options import Json, Specs
from optgen.cli.specs import deep_enough, load_specs
from optgen.cli.streams import say, say_json, say_laid_out

if TYPE_CHECKING:
    from pathlib import Path

    from optgen.spec.model import Spec

EXAMPLES = (
    ("optgen show foo", "equations, rates, phases, state, bytes"),
    ("optgen show foo --specs mine", "from specs of your own"),
    ("optgen show foo --code triton", "the kernel"),
    ("optgen show foo --json", "for other programs"),
)


class Code(StrEnum):
    """What is generated."""

    numpy = "numpy"
    triton = "triton"
    torch = "torch"
    cpu = "cpu"
    latex = "latex"


_FILES = {
    Code.numpy: ("reference.py",),
    Code.triton: ("kernel.py",),
    Code.torch: ("optimizer.py", "scheduler.py"),
    Code.cpu: ("cpu.py",),
    Code.latex: ("equations.tex",),
}


def command(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The optimizer.", show_default=False, autocompletion=complete_names),
    ],
    code: Annotated[
        Code | None, typer.Option("--code", help="Print what is generated instead.", show_default=False)
    ] = None,
    json: Json = False,
    specs: Specs = None,
) -> None:
    """Show what becomes of one optimizer: equations, rates, state, phases, bytes moved; or its code.

    Equations are set as in the paper, where the terminal has the letters and the width.
    """
    folder = find_specs(specs)
    [spec] = load_specs(folder, [name])
    if code:
        _show_code(spec, folder, code, json=json)
        return

    from optgen.catalogue.describe import details
    from optgen.driver import unit_of

    with deep_enough(spec):
        found = details(unit_of(spec, folder))
    if json:
        say_json(found)
        return
    from optgen.cli.page import page
    from optgen.cli.typeset import typeset

    with deep_enough(spec):
        say_laid_out(lambda width: page(found, typeset(spec, width)))


def _show_code(spec: Spec, folder: Path, code: Code, *, json: bool) -> None:
    """Print a generated file as it is; in colours on a terminal."""
    from optgen.driver import generate

    with deep_enough(spec):
        files = generate(spec, folder)
    file = next((f"{spec.name}/{name}" for name in _FILES[code] if f"{spec.name}/{name}" in files), "")
    if not file:
        has = ", ".join(c for c, names in _FILES.items() if any(f"{spec.name}/{name}" in files for name in names))
        raise CommandError(
            f"nothing for {code} is generated from {spec.name}, which is a {spec.kind} (there is: {has})"
        )
    text = files[file]
    if json:
        say_json({"name": spec.name, "code": code.value, "file": file, "text": text})
    elif sys.stdout.isatty():
        from rich.syntax import Syntax

        language = "tex" if file.endswith(".tex") else "python"
        say_laid_out(lambda _: Syntax(text, language, background_color="default", word_wrap=True))
    else:
        say(text, end="")
