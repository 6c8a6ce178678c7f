"""Where values lie that one launch leaves for a later one: rows of buffers, and states."""

from __future__ import annotations

from optgen.ir.nodes import Let
from optgen.ir.rates import LINES, Rate

from .names import BUFFERS, Names

PARTIALS = {Rate.GLOBAL: "partials", Rate.TENSOR: "partials", Rate.ROW: "row_partials", Rate.COL: "col_partials"}
"""What blocks add up for reductions of each rate."""


def place(names: Names, value: str) -> str:
    """Where a value lies that an earlier launch has left."""
    return start(names, value) + offset(names.rates[value])


def start(names: Names, value: str) -> str:
    """Where the row of a buffer begins that has a value, or the state."""
    states = {i.name: i.series for i in names.line_states}
    if value in states:
        return names.pointer(states[value])
    rate = names.rates[value]
    row = names.passed_on[rate].index(value)
    behind = behind_rows(row, f"matrices * {line_of(rate)}s") if rate in LINES else f" + {row}"
    return f"{BUFFERS[rate]}_ptr{behind}"


def state_place(names: Names, series: str, rate: Rate) -> str:
    """Where a state lies that is coarser than an element."""
    return names.pointer(series) + offset(rate)


def offset(rate: Rate) -> str:
    """What is added to where values of a rate begin: the lines of a program."""
    return f" + {line_of(rate)}_offs" if rate in LINES else ""


def row_of(names: Names, let: Let) -> int:
    """Which row of its buffer the partial results of a reduction of elements are in."""
    phase = next(phase for phase in names.schedule.phases if let in phase.reductions)
    buffer = PARTIALS[names.rates[let.name]]
    return [r.name for r in phase.reductions if PARTIALS[names.rates[r.name]] == buffer].index(let.name)


def behind_rows(number: int, length: str) -> str:
    """What is added to where a buffer begins to pass over some rows; nothing where there are none."""
    return f" + {times(number, length)}" if number else ""


def times(number: int, factor: str) -> str:
    """A product as people write it."""
    return factor if number == 1 else f"{number} * {factor}"


def line_of(rate: Rate) -> str:
    """What a line is called of which there is one value of a rate."""
    return {Rate.ROW: "row", Rate.COL: "col"}.get(rate, "")
