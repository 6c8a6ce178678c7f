"""What the page of an item says, as finished pieces of HTML for the template."""

from __future__ import annotations

import ast
import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optgen.specs
from optgen.catalogue.citations import Citation, Reference
from optgen.catalogue.describe import saved_as, state_bytes
from optgen.catalogue.items import Item
from optgen.files import source_path
from optgen.spec.model import Spec
from optgen.spec.module import read
from optgen.surfaces.surface import SURFACES
from optgen.surfaces.trajectory import RATES, STEPS
from optgen.targets.latex import equation_rows, layout

from . import links
from .code import Line, coloured, linked
from .formula import FormulaError, mathml, prose
from .walks import Walks
from .ways import path

WIDTH = 62.0
"""Of equations, in em: longer ones are broken."""
FILES = {
    "reference.py": "NumPy reference",
    "kernel.py": "Triton kernel",
    "cpu.py": "Fused path for CPUs",
    "optimizer.py": "Class for torch",
    "scheduler.py": "Scheduler for torch",
}
"""Generated files that are shown, in this order; what a folder has beside them is shown under its own name."""
_HIDDEN = ("__init__.py", "equations.tex")
WALK_NOTE = (
    f"{STEPS} steps of the generated reference, with that learning rate of {len(RATES)} that ends lowest nearby."
)
PLACES = {"optimizer": "optimizers", "schedule": "schedules", "transform": "transforms"}
"""Folder of the pages of each kind."""


@dataclass(frozen=True)
class Panel:
    """A file of code, or a part of it."""

    title: str
    path: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Table:
    """A table with a caption; cells are HTML."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def address(item: Item) -> str:
    """Its page, below the root of the site."""
    return f"{PLACES[item.kind]}/{item.name}.html"


def text(plain: object) -> str:
    """Plain text as HTML."""
    return html.escape(str(plain), quote=True)


def paragraphs(doc: str) -> list[str]:
    """A docstring as HTML, a paragraph each; what stands in backquotes is code."""
    return [in_backquotes(" ".join(paragraph.split())) for paragraph in doc.split("\n\n")]


def in_backquotes(plain: str) -> str:
    """Plain text as HTML; what stands in backquotes is code."""
    pieces = text(plain).split("`")
    return "".join(f"<code>{p}</code>" if n % 2 else p for n, p in enumerate(pieces))


def citation(cited: Citation) -> str:
    """A citation with a link to the text."""
    label = f"{text(cited.label)}: " if cited.label else ""
    where = f", {text(cited.where)}" if cited.where else ""
    return f"{label}{reference(cited.reference)}{where}"


def reference(entry: Reference) -> str:
    """An entry of the bibliography."""
    title = f"<cite>{text(entry.title)}</cite>"
    shown = f'<a href="{text(entry.link)}">{title}</a>' if entry.link else title
    place = f", {text(entry.place)}" if entry.place else ""
    return f"{text(entry.authors)} {text(entry.year)}: {shown}{place}"


def equations(spec: Spec, width: float = WIDTH) -> list[dict[str, str]]:
    """The equations as rows of MathML, each with the key of its line in the spec.

    Args:
        spec: A captured spec.
        width: Of a line, in em.

    Raises:
        FormulaError: A symbol is not known; the text names the spec and the line.
    """
    rows = []
    for row in equation_rows(spec, width):
        place = row.location or spec.location
        try:
            right = "<br>".join(mathml(line, display=True) for line in row.lines)
            left, note = mathml(row.lhs, display=True), mathml(row.note) if row.note else ""
        except FormulaError as error:
            raise FormulaError(f"{place}: {error}") from None
        rows.append({"left": left, "right": right, "note": note, "key": links.key(place) if row.location else ""})
    return rows


def tables(item: Item) -> list[Table]:
    """Hyper-parameters, flags and states."""
    if item.unit is None:
        rows = [(f"<code>{text(h['name'])}</code>", text(h["default"])) for h in item.facts["hyper"]]
        return [Table("Hyper-parameters", ("name", "default"), rows)] if rows else []
    spec = item.spec
    found = [
        Table(
            "Hyper-parameters",
            ("symbol", "argument", "default", "domain"),
            [tuple(map(prose, row)) for row in layout.hyper_rows(spec)],
        ),
        Table("Flags", ("name", "default", "effect"), [tuple(map(prose, row)) for row in layout.flag_rows(spec)]),
        Table("State", ("first value", "size", "in checkpoints"), [*_states(item)]),
    ]
    return [table for table in found if table.rows]


def _states(item: Item) -> Iterable[Sequence[str]]:
    for state, first in zip(item.facts["states"], layout.initial_values(item.spec), strict=True):
        yield prose(first), state["size"], saved_as(state, lambda key: f"<code>{text(key)}</code>")


def default_state_bytes(item: Item) -> int:
    """Bytes of state for each number of the parameter, with flags as they are by default."""
    return state_bytes(item.facts, {flag["name"]: flag["default"] for flag in item.facts["flags"]})


def figures(item: Item) -> list[tuple[str, str]]:
    """What a reader looks for first: state, bytes, passes."""
    if item.kind != "optimizer":
        return []
    [default, *_] = item.facts["bytes_per_element"]
    least = f" (least {default['minimum']})" if default["minimum"] != default["moved"] else ""
    return [
        ("state a number", f"{default_state_bytes(item)} bytes"),
        ("moved a step", f"{default['moved']} bytes{least}"),
        ("passes over memory", str(len(item.facts["phases"]))),
    ]


def panels(item: Item, folder: Path, code: Mapping[str, str]) -> list[Panel]:
    """The files of a spec, and what was generated, line by line.

    Args:
        item: The item.
        folder: Of specs.
        code: Generated files by name.
    """
    found = [Panel("Spec", item.source, spec_lines(item.file))]
    if item.unit is None:
        return found
    others = dict.fromkeys(Path(e.location.file) for e in (*item.spec.equations, *item.spec.initial))
    found += [Panel("Part of it", _place(folder, file), spec_lines(file)) for file in others if file != item.file]
    keys = links.keys_of(item.unit)
    known = [name for name in FILES if name in code]
    for name in (*known, *sorted(code.keys() - FILES.keys() - {*_HIDDEN})):
        lines = linked(code[name].rstrip("\n"), links.of_lines(code[name].rstrip("\n"), keys))
        found.append(Panel(FILES.get(name, name), f"{item.name}/{name}", lines))
    return found


def _place(folder: Path, file: Path) -> str:
    """The path of a part, which may be one that optgen ships."""
    for root in (folder, *map(Path, optgen.specs.__path__)):
        if file.resolve().is_relative_to(root.resolve()):
            shipped = "" if root == folder else "optgen/"
            return shipped + source_path(root, file)
    return str(file)


def spec_lines(file: Path) -> list[Line]:
    """A file of specs, each equation with its own key."""
    written = read(file).rstrip("\n")
    return linked(written, links.of_spec(written, file))


def walk_figures(walks: Walks) -> list[dict[str, Any]]:
    """The ways over all surfaces."""
    found = []
    for name, walk in walks.items():
        surface = SURFACES[name]
        rate = "" if walk["rate"] is None else f"learning rate {walk['rate']:g}, "
        end = "diverges" if walk["end"] is None else f"ends at {walk['end']:.3g}"
        found.append(
            {
                "surface": name,
                "title": text(surface.title),
                "text": f"{rate}{end}. {text(surface.doc)}",
                "label": f"Way over {text(surface.title)}: {rate}{end}",
                "path": path(walk["points"]),
                "start": walk["points"][0],
                "stop": walk["points"][-1],
            }
        )
    return found


def code_block(source: str, language: str = "python") -> str:
    """A piece of code without links."""
    return f'<pre class="code" tabindex="0"><code>{coloured(source, language)}</code></pre>'


def notes(item: Item) -> str:
    """What equations leave open, in sentences."""
    return prose(layout.notes(item.spec)) if item.unit else ""


def function_of(file: Path, name: str) -> str:
    """The text of a function of a file with its decorators; all of the file where it has no such function."""
    return function_in(read(file), name)


def function_in(source: str, name: str) -> str:
    """The text of a function with its decorators; all of the source where it has no such function."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return "\n".join(source.split("\n")[first - 1 : node.end_lineno])
    return source.rstrip("\n")
