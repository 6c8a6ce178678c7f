"""`optgen try`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optgen.build.errors import CommandError, cannot
from optgen.build.folders import find_specs
from optgen.cli.complete import complete_all_names, complete_surfaces
from optgen.cli.needs import need
from optgen.cli.options import Json, Specs
from optgen.cli.specs import load_own_or_shipped
from optgen.cli.streams import only_results, say, say_json, say_laid_out

if TYPE_CHECKING:
    from rich.table import Table

    from optgen.surfaces.compare import Tried
    from optgen.surfaces.surface import Surface

EXAMPLES = (
    ("optgen try foo", "its way over Rosenbrock's valley"),
    ("optgen try foo bar --surface saddle", "two beside each other"),
    ("optgen try foo --lr 0.1 --set beta1=0.5", "with settings"),
    ("optgen try foo mine --specs mine", "one that optgen ships, and your own"),
    ("optgen try foo --png way.png", "as a picture"),
    ("optgen try --list", "the surfaces"),
)


def command(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Optimizers.", show_default=False, autocompletion=complete_all_names),
    ] = None,
    surface: Annotated[
        str, typer.Option(metavar="SURFACE", help="Where.", autocompletion=complete_surfaces)
    ] = "rosenbrock",
    lr: Annotated[
        float | None, typer.Option(metavar="RATE", help="Learning rate.", show_default="the best of several")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help="How many steps.")] = 200,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A hyper-parameter or flag.")
    ] = None,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a picture too.")] = None,
    surfaces: Annotated[bool, typer.Option("--list", help="List the surfaces.")] = False,
    json: Json = False,
    specs: Specs = None,
) -> None:
    """Let optimizers make steps on a function of two variables, in double precision, and draw their ways.

    What runs is the reference that the specs give now; nothing has to be built. Without --lr, every optimizer has that
    learning rate of several, two for each power of ten from 0.001 to 10, with which it ends lowest. Names that the
    folder of specs has not are looked for among those that optgen ships.
    """
    if surfaces:
        _list(json=json)
        return
    if not names:
        raise CommandError("name an optimizer, as in optgen try NAME (optgen list shows those that there are)")
    where = _surface(surface)
    given = _settings(settings, lr)
    if png:
        need("optgen try --png", "matplotlib")
        if not png.parent.is_dir():
            raise CommandError(f"{png}: there is no folder {png.parent}")
    found = load_own_or_shipped(find_specs(specs), names)

    from optgen.surfaces.compare import tried

    with only_results():
        ways = tried(found, where, steps, given)
    if png:
        _save(where, ways, png)
    if json:
        say_json(_document(where, steps, ways))
        return
    _draw(where, ways)
    say_laid_out(lambda _: _table(where, ways, steps))
    if png:
        say(f"{png}: written")


def _surface(name: str) -> Surface:
    """The surface that is meant."""
    from optgen.surfaces.surface import SURFACES

    if name not in SURFACES:
        raise CommandError(f"there is no surface {name} (there are: {', '.join(SURFACES)})")
    return SURFACES[name]


def _settings(texts: list[str] | None, lr: float | None) -> dict[str, float]:
    """What `--set` and `--lr` say."""
    found = {} if lr is None else {"lr": lr}
    words = {"true": 1.0, "on": 1.0, "false": 0.0, "off": 0.0}
    for text in texts or ():
        name, equals, value = (part.strip() for part in text.partition("="))
        try:
            if not (equals and name):
                raise ValueError
            found[name] = words[value.lower()] if value.lower() in words else float(value)
        except ValueError:
            why = f"{value} is no number, and no on or off" if equals and name else "write NAME=VALUE"
            raise CommandError(f"--set {text}: {why}, as in --set beta1=0.5") from None
    return found


def _list(*, json: bool) -> None:
    from optgen.surfaces.surface import SURFACES

    rows = [
        {"name": s.name, "title": s.title, "expression": str(s.expression), "start": s.start, "doc": s.doc}
        for s in SURFACES.values()
    ]
    if json:
        say_json(rows)
        return
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("surface", style="cyan", no_wrap=True)
    table.add_column("what is hard")
    for row in rows:
        table.add_row(str(row["name"]), f"{row['title']}. {row['doc']}")
    say_laid_out(lambda _: table)


def _save(surface: Surface, ways: list[Tried], file: Path) -> None:
    from optgen.surfaces.picture import save

    try:
        save(surface, [(_label(one), one.way) for one in ways], file)
    except OSError as error:
        raise cannot("write", file, error) from None


def _label(one: Tried) -> str:
    rate = one.way.settings.get("lr")
    return one.name + (f", lr={rate:g}" if rate is not None else "")


def _draw(surface: Surface, ways: list[Tried]) -> None:
    """The picture, where there is what draws it."""
    from importlib.util import find_spec

    from optgen.cli.streams import tell

    if find_spec("plotext") is None:
        tell("optgen: drawings need plotext: pip install 'optgen[docs]'")
        return
    from optgen.surfaces.terminal import drawn

    columns, rows = shutil.get_terminal_size((80, 30))
    size = (min(columns, 120) - 1, max(14, min(rows - len(ways) - 6, 30)))
    text = drawn(surface, [one.way for one in ways], size, colours=sys.stdout.isatty())
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        tell("optgen: this terminal has no letters for drawings: set its encoding to UTF-8")
        return
    say(text)


def _table(surface: Surface, ways: list[Tried], steps: int) -> Table:
    """A row for each optimizer: its learning rate, and what it reached."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", style="dim")
    table.add_column("optimizer", style="cyan", no_wrap=True)
    for name in ("lr", "at first", f"after {steps}", "at"):
        table.add_column(name, justify="right" if name != "at" else "left")
    for number, one in enumerate(ways, 1):
        rate = one.way.settings.get("lr")
        end = "diverged" if one.diverged else f"{one.way.values[-1]:.4g}"
        place = "" if one.diverged else "({:.3g}, {:.3g})".format(*one.way.points[-1])
        chosen = "" if rate is None else f"{rate:g}" + (" (best)" if one.searched else "")
        table.add_row(f"{number}", one.name, chosen, f"{one.way.values[0]:.4g}", end, place)
    least = f"; *: the minimum, {surface.lowest:.4g}" if surface.minimum else ""
    table.caption, table.caption_justify = f"{surface.title}; o: the start{least}", "left"
    return table


def _document(surface: Surface, steps: int, ways: list[Tried]) -> dict[str, Any]:
    return {
        "surface": surface.name,
        "steps": steps,
        "minimum": surface.lowest if surface.minimum else None,
        "optimizers": [
            {
                "name": one.name,
                "settings": dict(one.way.settings),
                "rate_chosen": one.searched,
                "diverged": one.diverged,
                "mean_at_end": one.way.outcome,
                "points": one.way.points.tolist(),
                "values": one.way.values.tolist(),
            }
            for one in ways
        ],
    }
