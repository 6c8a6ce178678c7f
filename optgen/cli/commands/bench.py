"""`optgen bench`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optgen.build.errors import CommandError
from optgen.build.folders import find_folders
from optgen.cli.options import Json, Names
from optgen.cli.progress import watcher
from optgen.cli.specs import load_specs
from optgen.cli.streams import only_results, say_json, say_laid_out

if TYPE_CHECKING:
    from rich.table import Table

    from optgen.bench.facts import Facts
    from optgen.bench.run import Setting

EXAMPLES = (
    ("optgen bench foo", "an optimizer at one size, beside what torch has"),
    ("optgen bench --all --save benchmarks/results/cpu.json", "every optimizer, and some at every size"),
    ("optgen bench foo --save benchmarks/results/cpu.json --merge", "one again, among the others of the file"),
)
GB = 1e9


class Device(StrEnum):
    """Where steps are made."""

    cpu = "cpu"
    cuda = "cuda"


def command(
    names: Names = None,
    device: Annotated[Device, typer.Option(help="Where steps are made.", show_default=True)] = Device.cpu,
    every: Annotated[bool, typer.Option("--all", help="Every optimizer, and some at every size.")] = False,
    save: Annotated[Path | None, typer.Option(help="File for the results as JSON, with machine and versions.")] = None,
    merge: Annotated[bool, typer.Option("--merge", help="Keep what the file has of others.")] = False,
    json: Json = False,
) -> None:
    """Time a step of our optimizers beside torch's, optax's, NumPy and a plain copy, which take turns in one run.

    What counts are the ratios: machines are shared, and differ. Without names, those run that torch has fused steps of.
    """
    from optgen.bench.facts import has_fused_rival
    from optgen.bench.run import pairs, results

    report, earlier = _begun(device, save if merge else None)
    found = _facts(names, every)
    chosen = pairs(found, every_case=every)
    hosts = [own.optimizer for own in found if every and device is Device.cpu and has_fused_rival(own.optimizer)]
    with only_results(), watcher().task("timing", len(chosen) + len(hosts)) as done:
        for row in results(chosen, _setting(device, report)):
            report["results"].append(row)
            _save(report, earlier, save)
            done(f"{row['optimizer']}, {row['case']}")
        for name in hosts:
            from optgen.bench.host import host_costs

            report["host_cost"] += host_costs(name)
            _save(report, earlier, save)
            done(f"{name}, host")
    if json:
        say_json(report)
    else:
        say_laid_out(lambda _: _table(report["results"]))


def _begun(device: Device, file: Path | None) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """An empty report, and that of an earlier run; looked at first, since a run takes long.

    Args:
        device: Where steps are made.
        file: Of the earlier run; None for none.
    """
    from json import loads

    from optgen.bench.memory import SHARE, free
    from optgen.bench.saved import machine, merged

    if device is Device.cuda:
        import torch

        if not torch.cuda.is_available():
            raise CommandError("there is no GPU here that torch can use: leave out --device cuda")
    memory = round(SHARE * free(device.value) / GB, 1)
    report = {"machine": machine(device.value) | {"memory_gb": memory}, "results": [], "host_cost": []}
    if file is None or not file.exists():
        return report, None
    earlier: dict[str, Any] = loads(file.read_text(encoding="utf-8"))
    try:
        merged(report, earlier)
    except ValueError as error:
        raise CommandError(f"{file}: {error}; leave out --merge, or save elsewhere") from None
    return report, earlier


def _facts(names: list[str] | None, every: bool) -> list[Facts]:
    """What is known of the optimizers that are to run."""
    from optgen.bench.facts import facts_of, has_fused_rival
    from optgen.driver import unit_of
    from optgen.spec.model import SpecKind

    folders = find_folders(None, None)
    specs = [spec for spec in load_specs(folders.specs, names or ()) if spec.kind is SpecKind.OPTIMIZER]
    specs = [spec for spec in specs if names or every or has_fused_rival(spec.class_name)]
    return [facts_of(unit_of(spec, folders.specs)) for spec in specs]


def _setting(device: Device, report: dict[str, Any]) -> Setting:
    """What all results have in common."""
    from optgen.bench.clocks import clock_of
    from optgen.bench.facts import plainest
    from optgen.bench.run import Setting

    memory = int(report["machine"]["memory_gb"] * GB)
    return Setting(device.value, clock_of(device.value), memory, plainest(_facts(None, every=False)))


def _save(report: dict[str, Any], earlier: dict[str, Any] | None, file: Path | None) -> None:
    """Write what there is so far."""
    from optgen.bench.saved import merged, write

    if file:
        write(merged(report, earlier) if earlier else report, file)


def _table(rows: list[dict[str, Any]]) -> Table:
    """One row an optimizer and size: our time, and how many times as long the others take."""
    from rich import box
    from rich.table import Table

    beside = ("copy", "plainest")
    others = list(dict.fromkeys(who for row in rows for who in row["ratios"] if who not in beside))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("optimizer", style="cyan", no_wrap=True)
    table.add_column("parameters")
    for name in ("ours ms", *others, "of copy", "over plainest"):
        table.add_column(name.replace(" ", "\n").replace("-", "-\n"), justify="right")
    for row in rows:
        times, ratios = row["times"]["ours"], row["ratios"]
        cells = [f"{ratios[who]:.2f}" if who in ratios else "" for who in others]
        table.add_row(
            row["optimizer"],
            row["case"],
            f"{1e3 * times['median_s']:.2f}",
            *cells,
            f"{100 * row['bandwidth_of_copy']:.0f}%",
            f"{row['time_over_bytes_of_plainest']:.2f}",
        )
    table.caption_justify = "left"
    table.caption = (
        "medians; others: how many times as long; of copy: the bandwidth at which a step moves its least bytes, as a "
        "share of that of a copy; over plainest: its time over that in which our plainest moves as many bytes"
    )
    return table
