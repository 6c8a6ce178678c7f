"""`optgen list`."""

from __future__ import annotations

from optgen.build.folders import find_specs
from optgen.cli.options import Json, Specs
from optgen.cli.specs import deep_enough, sound_specs
from optgen.cli.streams import only_results, say_json, say_laid_out
from optgen.problems import SpecError

EXAMPLES = (
    ("optgen list", "what optgen ships"),
    ("optgen list --specs mine", "specs of your own"),
    ("optgen list --json", "for other programs"),
)


def command(json: Json = False, specs: Specs = None) -> None:
    """List optimizers, schedules and transforms with state, source, and the bytes that a step moves at least.

    Files with mistakes are left out, and the mistakes are told. Exit code 2 where there are any.
    """
    folder = find_specs(specs)
    found, problems = sound_specs(folder)

    from optgen.catalogue.describe import overview, transform_overview
    from optgen.driver import unit_of
    from optgen.spec.load import load_transforms

    rows = []
    for spec in found.values():
        try:
            with deep_enough(spec):
                rows.append(overview(unit_of(spec, folder)))
        except SpecError as error:
            problems += error.problems
    with only_results():
        rows += map(transform_overview, load_transforms(folder))
    rows.sort(key=lambda row: ["optimizer", "schedule", "transform"].index(row["kind"]))
    if rows and json:
        say_json(rows)
    elif rows:
        from optgen.cli.tables import overview_tables

        say_laid_out(lambda width: overview_tables(rows, width))
    if problems:
        raise SpecError(problems)
