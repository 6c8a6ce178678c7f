"""`optgen inspect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from optgen.build.errors import CommandError
from optgen.build.folders import Folders, find_folders
from optgen.cli.guard import FAILED
from optgen.cli.options import Json, Names, Out, Specs
from optgen.cli.progress import watcher
from optgen.cli.specs import load_specs
from optgen.cli.streams import only_results, say, say_json, say_laid_out, tell

if TYPE_CHECKING:
    from rich.table import Table

    from optgen.spec.model import Spec

ARCHITECTURES = ("sm_80", "sm_90", "sm_100", "gfx942")
EXAMPLES = (
    ("optgen inspect foo", "one optimizer, as an H100 or H200 would run it"),
    ("optgen inspect --arch sm_80 --arch gfx942", "everything, for an A100 and an MI300"),
    ("optgen inspect foo --flag bar", "with a flag on"),
)


def command(
    names: Names = None,
    arch: Annotated[
        list[str] | None, typer.Option(help=f"What to compile for: {', '.join(ARCHITECTURES)}.", show_default="sm_90")
    ] = None,
    flag: Annotated[list[str] | None, typer.Option(help="A flag to turn on, where an optimizer has it.")] = None,
    json: Json = False,
    specs: Specs = None,
    out: Out = None,
) -> None:
    """Compile kernels for a GPU that is not there: registers, spills, and the width of loads and stores.

    Exit code 1 where a kernel spills, waits outside of reductions, or moves memory in narrower pieces than it could.
    """
    wanted = arch or ["sm_90"]
    unknown = [name for name in wanted if name not in ARCHITECTURES]
    if unknown:
        raise CommandError(f"cannot compile for {', '.join(unknown)}: choose from {', '.join(ARCHITECTURES)}")
    folders = find_folders(specs, out)
    from optgen.spec.model import SpecKind

    units = [spec for spec in load_specs(folders.specs, names or ()) if spec.kind is SpecKind.OPTIMIZER]
    known = {f.name for spec in units for f in spec.flags}
    for name in flag or ():
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise CommandError(f"--flag {name}: no optimizer of these has it (there are: {there})")
    rows = []
    with only_results(), watcher().task("compiling", len(units)) as done:
        for spec in units:
            rows += [row for name in wanted for row in _compiled(spec, folders, name, set(flag or ()))]
            done(spec.name)
    passed = not any(row["problems"] for row in rows)
    if json:
        say_json({"passed": passed, "kernels": rows})
    else:
        say_laid_out(lambda _: _table(rows))
        tell("\n".join(f"{r['optimizer']}: {r['name']} for {r['arch']}: {p}" for r in rows for p in r["problems"]))
        say(
            f"{len(rows)} kernels"
            + ("" if passed else f", {sum(bool(r['problems']) for r in rows)} not as they have to be")
        )
    if not passed:
        raise typer.Exit(FAILED)


def _compiled(spec: Spec, folders: Folders, arch: str, on: set[str]) -> list[dict[str, Any]]:
    """What each kernel of an optimizer became, and what is wrong with it."""
    from optgen.driver import unit_of
    from optgen.inspect.compile import inspect
    from optgen.inspect.gates import broken
    from optgen.verify.generated import load

    unit = unit_of(spec, folders.specs)
    (module,) = load(folders.out, spec.name, "kernel")
    flags = {f.name: f.name in on or f.default for f in spec.flags}
    try:
        kernels = inspect(unit, module, arch, flags)
    except RuntimeError as error:
        raise CommandError(str(error)) from None
    problems = broken(unit, module, kernels, flags)
    return [{**kernel.as_dict(), "problems": problems.get(kernel.name, [])} for kernel in kernels]


def _table(rows: list[dict[str, Any]]) -> Table:
    """One row a kernel."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("optimizer", style="cyan", no_wrap=True)
    for name in ("kernel", "arch"):
        table.add_column(name, no_wrap=True)
    for name in ("regs", "spilled", "barriers", "loads", "stores"):
        table.add_column(name, justify="right")
    for row in rows:
        numbers = [row["registers"], row["local"], row["barriers"]]
        cells = ["" if n is None else str(n) for n in numbers]
        table.add_row(
            row["optimizer"],
            row["name"],
            row["arch"],
            *(Text(cell) for cell in cells),
            *(_widths(row[kind]) for kind in ("loads", "stores")),
            style="red" if row["problems"] else None,
        )
    table.caption, table.caption_justify = (
        "loads and stores: how many of each width in bytes, in the code of a thread",
        "left",
    )
    return table


def _widths(counts: dict[int, int]) -> str:
    return " ".join(f"{count}x{width}" for width, count in sorted(counts.items(), reverse=True))
