"""`optgen diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optgen.build.folders import find_specs
from optgen.cli.complete import complete_all_names
from optgen.cli.guard import FAILED
from optgen.cli.options import Json, Specs
from optgen.cli.specs import deep_enough, load_own_or_shipped
from optgen.cli.streams import say_json, say_laid_out

if TYPE_CHECKING:
    from optgen.compare.difference import Difference
    from optgen.spec.model import Spec

EXAMPLES = (
    ("optgen diff foo bar", "what changed, equation by equation"),
    ("optgen diff foo mine --specs mine", "from one that optgen ships to one of your own"),
    ("optgen diff foo bar --exit-code", "for scripts: 1 where they differ"),
)


def command(
    a: Annotated[str, typer.Argument(metavar="A", help="From.", show_default=False, autocompletion=complete_all_names)],
    b: Annotated[str, typer.Argument(metavar="B", help="To.", show_default=False, autocompletion=complete_all_names)],
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit code 1 where they differ, as git diff has it.")
    ] = False,
    json: Json = False,
    specs: Specs = None,
) -> None:
    """Show what changes from one optimizer to another: equations, hyper-parameters, flags, state, bytes moved.

    Equations belong together that have one name, or that are alike; what changed in them is marked. Names that the
    folder of specs has not are looked for among those that optgen ships. Whether two are equal for all numbers is a
    question for optgen prove.
    """
    first, second = (_details(*one) for one in load_own_or_shipped(find_specs(specs), [a, b]))
    found = _difference(first, second)
    if json:
        say_json(found.as_dict())
    else:
        from rich.console import Group

        from optgen.compare.lines import lines

        say_laid_out(lambda width: Group(*lines(found, width)))
    if exit_code and not found.same:
        raise typer.Exit(FAILED)


def _difference(a: dict[str, Any], b: dict[str, Any]) -> Difference:
    from optgen.compare.difference import difference

    return difference(a, b)


def _details(spec: Spec, folder: Path) -> dict[str, Any]:
    from optgen.catalogue.describe import details
    from optgen.driver import unit_of

    with deep_enough(spec):
        return details(unit_of(spec, folder))
