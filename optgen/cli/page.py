"""The page of `optgen show`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from optgen.catalogue.describe import saved_as

Facts = dict[str, Any]

_RATES = {
    "constant": "constant",
    "step": "once a step",
    "global": "once for all",
    "tensor": "once a tensor",
    "row": "per row",
    "col": "per column",
    "element": "per element",
}


@dataclass(frozen=True)
class Typeset:
    """Equations as a paper prints them.

    Attributes:
        body: The equations.
        symbols: What each series and hyper-parameter is printed as.
    """

    body: Text
    symbols: dict[str, str]


def page(facts: Facts, typeset: Typeset | None = None) -> RenderableType:
    """Everything about one optimizer, in sections; wraps with hanging indents at any width.

    Args:
        facts: What is known of it.
        typeset: Its equations as a paper prints them; as the spec has them where None.
    """
    symbols = typeset.symbols if typeset else {}
    equations = [Padding(typeset.body, (0, 0, 0, 2))] if typeset else []
    return Group(
        *_head(facts),
        *([Text(), Text("Equations", "bold green"), *equations] if typeset else ()),
        *(() if typeset else _section("Equations", _lines(facts["equations"]))),
        *_section("Hyper-parameters", _columns(_hyper(h, symbols) for h in facts["hyper"])),
        *_section("Flags", _columns((f["name"], "on" if f["default"] else "off", f["doc"]) for f in facts["flags"])),
        *_section("State", _columns(_state(s) for s in facts["states"])),
        *_section("Rates", _columns(_rates(facts["rates"]))),
        *_section("On the host, in double precision", _lines(map(_statement, facts["host"]))),
        *(
            part
            for finish in facts["before_phases"]
            for part in _section(
                f"Before the first phase, {_RATES[finish['rate']]}", _lines(map(_statement, finish["statements"]))
            )
        ),
        *(part for phase in facts["phases"] for part in _phase(phase, len(facts["phases"]))),
        *(
            _section("Bytes per element and step, in float32", _bytes(facts["bytes_per_element"]))
            if facts["kind"] == "optimizer"
            else ()
        ),
    )


def _head(facts: Facts) -> list[RenderableType]:
    title = Text.assemble((facts["title"], "bold"), "  ", (facts["name"], "cyan"))
    title.append(f"  {facts['source']}:{facts['line']}", "dim")
    about = [Text(line) for line in (facts["doc"], facts["paper"]) if line]
    return [title, *about]


def _section(heading: str, body: Table) -> list[RenderableType]:
    """A heading and what stands under it; nothing where nothing does."""
    return [Text(), Text(heading, "bold green"), Padding(body, (0, 0, 0, 2))] if body.row_count else []


def _columns(rows: Iterable[Sequence[str]], *headings: str) -> Table:
    """Cells in columns, of which the last one takes what space there is."""
    found = [*rows]
    table = Table(box=None, show_header=bool(headings), pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for number in range(max(map(len, found), default=0)):
        first = "cyan" if number == 0 else ""
        table.add_column(headings[number] if headings else "", style=first, overflow="fold")
    for row in found:
        table.add_row(*map(Text, row))
    return table


def _lines(lines: Iterable[str]) -> Table:
    """Statements, their right-hand sides below each other; one that is too long goes on below its own."""
    table = Table.grid(padding=0)
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for line in lines:
        left, _, right = line.partition(" = ")
        expression, _, condition = right.partition("    if ")
        table.add_row(Text(left), " = ", Text.assemble(expression, (f"    if {condition}" if condition else "", "dim")))
    return table


def _statement(statement: Facts) -> str:
    return str(statement["text"]) + (f"    if {statement['if']}" if statement["if"] else "")


def _hyper(hyper: Facts, symbols: dict[str, str]) -> tuple[str, ...]:
    symbol = (symbols[hyper["name"]],) if symbols else ()
    return hyper["name"], *symbol, f"{hyper['default']}", hyper["domain_text"]


def _state(state: Facts) -> tuple[str, str, str, str, str]:
    init = state["init"] if isinstance(state["init"], str) else f"{state['init']:g}"
    only = f"only if {state['if']}" if state["if"] else ""
    return state["name"], _RATES[state["rate"]], f"starts at {init}", f"{saved_as(state)} in checkpoints", only


def _rates(rates: dict[str, str]) -> list[tuple[str, str]]:
    """The names of each rate, coarsest first."""
    names = {rate: [name for name, of in rates.items() if of == rate] for rate in _RATES}
    return [(_RATES[rate], ", ".join(found)) for rate, found in names.items() if found]


def _phase(phase: Facts, count: int) -> list[RenderableType]:
    """One pass over memory: what it loads, computes, stores and reduces, and what follows once a tensor."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    rows: tuple[tuple[str, Text | Table], ...] = (
        ("load", Text(_accesses(phase["loads"]))),
        ("compute", _lines(map(_statement, phase["statements"]))),
        ("store", Text(_accesses(phase["stores"]))),
        ("reduce", _lines(map(_statement, phase["reductions"]))),
        *((_RATES[finish["rate"]], _lines(map(_statement, finish["statements"]))) for finish in phase["behind"]),
    )
    for what, body in rows:
        if body.plain if isinstance(body, Text) else body.row_count:
            table.add_row(what, body)
    return _section(f"Phase {phase['number']} of {count}", table)


def _accesses(accesses: Iterable[Facts]) -> str:
    return ", ".join(a["value"] + (f" (if {a['if']})" if a["if"] else "") for a in accesses)


def _bytes(rows: Iterable[Facts]) -> Table:
    table = _columns(
        ((row["setting"], f"{row['moved']}", f"{row['minimum']}") for row in rows), "flags", "moved", "minimum"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    return table
