"""`optgen list`."""

from __future__ import annotations

from optgen.build.folders import find_folders
from optgen.cli.options import Json, Out, Specs
from optgen.cli.specs import load_specs
from optgen.cli.streams import say_json, say_laid_out

EXAMPLES = (
    ("optgen list", "what optgen ships"),
    ("optgen list --specs mine", "specs of your own"),
    ("optgen list --json", "for other programs"),
)


def command(json: Json = False, specs: Specs = None, out: Out = None) -> None:
    """List the optimizers with their state, their source, and the bytes that a step moves at least."""
    folders = find_folders(specs, out)
    found = load_specs(folders)

    from optgen.cli.describe import overview
    from optgen.driver import unit_of

    rows = [overview(unit_of(spec, folders.specs)) for spec in found]
    if json:
        say_json(rows)
        return
    from optgen.cli.tables import overview_table

    say_laid_out(lambda width: overview_table(rows, width))
