"""A pass over memory: the loop over the elements of a part, with the equations in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from optgen.ir.nodes import Let, Reduce, Ref, guard_text
from optgen.ir.rates import LINES, Rate
from optgen.passes.phases import Access, Phase
from optgen.targets.flow import operation
from optgen.targets.layout import INDENT, call, guarded
from optgen.targets.signature import draw_call

from .places import LINE, Places
from .printer import ElementPrinter

DEPTH = 8
"""Spaces before the lines of a compiled function."""

_DRAWN_FOR = "work.seed, work.step, work.numbers[tensor], work.shapes[tensor, 6] + i"
"""What tells the random numbers of an element from all others: an element of the whole, where a part is here."""

Line = tuple[str, str]
"""A condition, perhaps empty, and a statement."""


@dataclass(frozen=True)
class Compiled:
    """A compiled function as the template lays it out.

    Attributes:
        name: Of the function that makes it.
        about: What it is for.
        signature: `def ...:` line of the function that makes it.
        parameter: What it is called for: a number of a part or tensor.
        body: Its lines.
        constants: Arguments of the function that makes it.
        condition: When there is anything for it to do; empty for always.
        stage: Call that makes a stage of it, up to the compiled function; the rest is in `more`.
        more: Further arguments of that call.
    """

    name: str
    about: str
    signature: str
    parameter: str
    body: list[str]
    constants: list[str]
    condition: str
    stage: str
    more: list[str]


def compiled_pass(places: Places, phase: Phase) -> Compiled:
    """The function of a phase."""
    name = places.stem(phase.number)
    guards = [a.guard for a in (*phase.loads, *phase.stores)] + [let.guard for let in phase.reductions]
    flags = places.flags_of(places.statements(phase), guards)
    body = _body(places, phase)
    constants = [*types_used(body), *flags]
    reads = f"{len(phase.loads)} tensor{'s' * (len(phase.loads) != 1)}"
    what = f"Phase {phase.number}: reads {reads}" if places.phased else f"One pass: reads {reads}"
    sums = [operation(let) for let in places.reduced(phase, Rate.GLOBAL, Rate.TENSOR)]
    col_sums = [operation(let) for let in places.reduced(phase, Rate.COL)]
    more = [f"{key}={_tuple(ops)}" for key, ops in (("sums", sums), ("col_sums", col_sums)) if ops]
    return Compiled(
        name,
        f"{what}, writes {len(phase.stores)}.",
        call(f"def {name}(", [f"{c}: Any" for c in constants], ") -> Any:"),
        "number",
        body,
        constants,
        " or ".join(map(guard_text, phase.occasions)),
        "passes",
        more,
    )


def types_used(body: list[str]) -> list[str]:
    """Which of the types of numbers some lines use: of the arithmetic, of parameters, and of gradients in memory."""
    words = {word for line in body for word in re.findall(r"\w+", line)}
    return [kind for kind in ("real", "param", "data") if kind in words]


def _tuple(operations: list[str]) -> str:
    return "(" + ", ".join(f'"{op}"' for op in operations) + ("," if len(operations) == 1 else "") + ")"


def _body(places: Places, phase: Phase) -> list[str]:
    lets = [*places.statements(phase), *phase.reductions]
    received = places.received(lets, *places.spread(phase))
    buffers = {LINE[places.rates[let.name]] + "_sums" for let in phase.reductions if places.rates[let.name] in LINES}
    buffers |= {places.line_place(v, "")[0] for v in received if places.rates[v] in LINES}
    tensors = {a.tensor for a in (*phase.loads, *phase.stores)}
    lines = ["tensor, begin, end = work.parts[number, 0], work.parts[number, 1], work.parts[number, 2]"]
    lines += places.addresses(tensors | buffers)
    lines += places.scalar_lines(lets, *places.spread(phase), real=True)
    lines += [f"{places.name(v)} = real({places.value(v)})" for v in received if places.rates[v] not in LINES]
    summed = places.reduced(phase, Rate.GLOBAL, Rate.TENSOR)
    lines += map(_start, summed)
    of_lines = [v for v in received if places.rates[v] in LINES]
    lines += _rows(places, phase, of_lines) if places.tiled else _flat(places, phase)
    lines += [f"work.partials[{places.sums[let.name]}, number] = {_end(let)}" for let in summed]
    return lines


def _start(let: Let) -> str:
    """Sums are in float64, largest magnitudes are bits, which vectors compare."""
    return f"{let.name} = {'0.0' if operation(let) == 'sum' else '0'}"


def _end(let: Let) -> str:
    return let.name if operation(let) == "sum" else f"to_number({let.name})"


def _flat(places: Places, phase: Phase) -> list[str]:
    """The loop over the elements of a part."""
    inside = guarded(_element(places, phase), indent=DEPTH + 4)
    return ["for i in range(begin, end):", *(INDENT + line for line in inside)]


def _rows(places: Places, phase: Phase, received: list[str]) -> list[str]:
    """The loops over the rows of a part, and the columns."""
    sums = places.reduced(phase, Rate.ROW)
    col_sums = places.reduced(phase, Rate.COL)
    by_row = [v for v in received if places.rates[v] is Rate.ROW]
    by_col = [v for v in received if places.rates[v] is Rate.COL]
    lines = ["rows, cols = work.shapes[tensor, 2], work.shapes[tensor, 3]"]
    indices = " ".join(places.line_place(v, "")[1] for v in received)
    indices += " ".join(places.sum_place(let, "")[1] for let in (*sums, *col_sums))
    if "row_count" in indices:
        lines.append("row_count = work.shapes[tensor, 1] * rows")
    if "col_count" in indices or col_sums:
        lines.append("col_count = work.shapes[tensor, 1] * cols")
    if col_sums:
        count = places.tables["col_sums"]
        lines.append("slot = begin % rows * work.shapes[tensor, 5] // rows  # of those that a matrix has")
        lines.append(f"col_sums_at += slot * {8 * count} * col_count")
    lines.append("for row in range(begin, end):")
    inside = [("", _line_load(places, v, "row")) for v in by_row]
    inside += [("", _start(let)) for let in sums]
    lines += [INDENT + line for line in guarded(inside, indent=DEPTH + 4)]
    if by_col or col_sums:
        lines.append(f"{INDENT}matrix = row // rows")
    lines.append(f"{INDENT}for i in range(row * cols, (row + 1) * cols):")
    deep: list[Line] = [("", "col = i - (row - matrix) * cols")] * bool(by_col or col_sums)
    deep += [("", _line_load(places, v, "col")) for v in by_col]
    deep += _element(places, phase)
    lines += [2 * INDENT + line for line in guarded(deep, indent=DEPTH + 8)]
    for let in sums:
        buffer, index = places.sum_place(let, "row")
        lines.append(f"{INDENT}store({places.address(buffer)}, {index}, {_end(let)}, float64)")
    return lines


def _line_load(places: Places, value: str, line: str) -> str:
    name, index = places.line_place(value, line)
    loaded = f"load({places.address(name)}, {index}, real, real)"
    guards = {state.name: guard_text(state.guard) for state in places.line_states}
    condition = guards.get(value, "")
    loaded = f"{loaded} if {condition} else real(0)" if condition else loaded
    return f"{places.name(value)} = {loaded}"


def _element(places: Places, phase: Phase) -> Iterator[Line]:
    """Loads, the equations, stores, and what the element adds to each reduction."""
    printer = ElementPrinter(places.rates, places.printed, places.flags)
    for a in phase.loads:
        yield guard_text(a.guard), f"{places.name(a.value)} = {_load(places, a)}"
    for name in phase.noise:
        yield "", f"{name} = {draw_call(name, _DRAWN_FOR, ', real')}"
    for let in places.statements(phase):
        yield guard_text(let.guard), f"{places.name(let.name)} = {printer(let.expr)}"
    for a in phase.stores:
        stored = f"store({places.address(a.tensor)}, i, {places.name(a.value)}, {places.stored(a.tensor)})"
        yield guard_text(a.guard), stored
    for let in phase.reductions:
        yield guard_text(let.guard), _accumulate(places, let)


def _load(places: Places, access: Access) -> str:
    return f"load({places.address(access.tensor)}, i, {places.stored(access.tensor)}, real)"


def _accumulate(places: Places, let: Let) -> str:
    """What adds an element to a reduction."""
    assert isinstance(let.expr, Reduce)
    assert isinstance(let.expr.x, Ref)
    value, function = places.name(let.expr.x.name), {"sum": "plus", "max": "larger"}[let.expr.op]
    if places.rates[let.name] is not Rate.COL:
        return f"{let.name} = {function}({let.name}, {value})"
    buffer, index = places.sum_place(let, "col")
    old = f"load({places.address(buffer)}, {index}, float64, float64)"
    new = f"plus({old}, {value})" if let.expr.op == "sum" else f"maximum({old}, float64({value}))"
    return f"store({places.address(buffer)}, {index}, {new}, float64)"
