"""The commands, found by looking: each is a module of `optgen.cli.commands`.

A module has a function `command`, whose signature is the command line and whose docstring is the help, and
`EXAMPLES`, pairs of a line to type and what it does. Its name is the command's, with `_` behind a word of Python. At
import it takes in nothing heavy.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Annotated

import typer

import optgen

from . import commands
from .guard import guarded

# Plain help: drawing it with Rich takes longer than everything else that `optgen --help` does.
app = typer.Typer(name="optgen", no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"optgen {optgen.__version__}")
        raise typer.Exit


@app.callback()
def _optgen(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Optimizers declared once as equations; kernels, references and documentation generated and verified."""
    del version


def _help(doc: str, examples: tuple[tuple[str, str], ...]) -> str:
    """A command's help: its docstring, rewrapped, and its examples, which keep their lines."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in doc.split("\n\n")]
    width = max(len(line) for line, _ in examples) + 2
    lines = [f"  {line:{width}}{what}".rstrip() for line, what in examples]
    return "\n\n".join([*paragraphs, "\n".join(["\b", "Examples:", *lines])])


for _found in sorted(pkgutil.iter_modules(commands.__path__), key=lambda entry: entry.name):
    _module = importlib.import_module(f"{commands.__name__}.{_found.name}")
    _text = _help(_module.command.__doc__, _module.EXAMPLES)
    _summary = _text.partition("\n\n")[0]
    app.command(name=_found.name.rstrip("_"), help=_text, short_help=_summary)(guarded(_module.command))
