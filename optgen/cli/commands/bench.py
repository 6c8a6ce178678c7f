"""`optgen bench`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from optgen.build.errors import CommandError
from optgen.build.folders import find_folders
from optgen.cli.options import Json, Names
from optgen.cli.progress import watcher
from optgen.cli.specs import load_specs
from optgen.cli.streams import only_results, say_json, say_laid_out

EXAMPLES = (
    ("optgen bench foo", "an optimizer at one size, beside what torch has"),
    ("optgen bench --all --save benchmarks/results/cpu.json", "every optimizer, and some at every size"),
)


class Device(StrEnum):
    """Where steps are made."""

    cpu = "cpu"
    cuda = "cuda"


def command(
    names: Names = None,
    device: Annotated[Device, typer.Option(help="Where steps are made.", show_default=True)] = Device.cpu,
    every: Annotated[bool, typer.Option("--all", help="Every optimizer, and some at every size.")] = False,
    save: Annotated[Path | None, typer.Option(help="File for the results as JSON, with machine and versions.")] = None,
    json: Json = False,
) -> None:
    """Time a step of our optimizers beside torch's, NumPy and a plain copy, which take turns in one run.

    What counts are the ratios: machines are shared, and differ. Without names, those run that torch has fused steps of.
    """
    from optgen.bench.rivals import has_fused_rival
    from optgen.bench.run import count, machine, results
    from optgen.cli.describe import overview
    from optgen.driver import unit_of
    from optgen.spec.model import SpecKind

    if device is Device.cuda:
        import torch

        if not torch.cuda.is_available():
            raise CommandError("there is no GPU here that torch can use: leave out --device cuda")
    folders = find_folders(None, None)
    specs = [spec for spec in load_specs(folders.specs, names or ()) if spec.kind is SpecKind.OPTIMIZER]
    specs = [spec for spec in specs if names or every or has_fused_rival(spec.class_name)]
    units = [unit_of(spec, folders.specs) for spec in specs]
    bytes_of = {unit.spec.class_name: overview(unit)["minimum_bytes_per_element"] for unit in units}
    rows: list[dict[str, Any]] = []
    with only_results(), watcher().task("timing", count(list(bytes_of), every_case=every)) as done:
        for row in results(list(bytes_of), bytes_of, device.value, every_case=every):
            rows.append(row)
            done(f"{row['optimizer']}, {row['case']}")
    report = {"machine": machine(device.value), "results": rows}
    if save:
        from json import dumps

        save.parent.mkdir(parents=True, exist_ok=True)
        save.write_text(dumps(report, indent=1) + "\n", encoding="utf-8")
    if json:
        say_json(report)
    else:
        say_laid_out(lambda _: _table(rows))


def _table(rows: list[dict[str, Any]]) -> Table:
    """One row an optimizer and size: our time, and how many times as long the others take."""
    others = list(dict.fromkeys(who for row in rows for who in row["ratios"] if who != "copy"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("optimizer", style="cyan", no_wrap=True)
    table.add_column("parameters")
    for name in ("ours, ms", *others, "of copy"):
        table.add_column(name, justify="right")
    for row in rows:
        times, ratios = row["times"]["ours"], row["ratios"]
        spread = f"{1e3 * times['median_s']:.2f}"
        cells = [f"{ratios[who]:.2f}x" if who in ratios else "" for who in others]
        table.add_row(row["optimizer"], row["case"], spread, *cells, f"{100 * row['bandwidth_of_copy']:.0f}%")
    table.caption_justify = "left"
    table.caption = (
        "medians; others: how many times as long; of copy: the bandwidth at which a step moves its least bytes, as a "
        "share of that of a copy"
    )
    return table
