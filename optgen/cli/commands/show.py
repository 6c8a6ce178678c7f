"""`optgen show`."""

from __future__ import annotations

from typing import Annotated

import typer

from optgen.build.folders import find_specs
from optgen.cli.options import Json, Specs
from optgen.cli.specs import deep_enough, load_specs
from optgen.cli.streams import say_json, say_laid_out

EXAMPLES = (
    ("optgen show foo", "equations, rates, phases, state, bytes"),
    ("optgen show foo --specs mine", "from specs of your own"),
    ("optgen show foo --json", "for other programs"),
)


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The optimizer.", show_default=False)],
    json: Json = False,
    specs: Specs = None,
) -> None:
    """Show what becomes of one optimizer: equations, rates, state, phases, bytes moved."""
    folder = find_specs(specs)
    [spec] = load_specs(folder, [name])

    from optgen.catalogue.describe import details
    from optgen.driver import unit_of

    with deep_enough(spec):
        found = details(unit_of(spec, folder))
    if json:
        say_json(found)
        return
    from optgen.cli.page import page

    say_laid_out(lambda _: page(found))
