"""What is computed between passes over memory: once for all tensors, once a tensor, or for each row and column."""

from __future__ import annotations

import re
from collections.abc import Iterator

from optgen.ir.nodes import Let, Reduce, Ref, guard_text, refs
from optgen.ir.rates import LINES, Over, Rate
from optgen.passes.phases import Finish
from optgen.targets.flow import HOW_OFTEN, operation
from optgen.targets.layout import INDENT, call, guarded

from .loops import DEPTH, Compiled, Line, types_used
from .places import LINE, Places
from .printer import ElementPrinter, FinishPrinter


def compiled_finish(places: Places, finish: Finish) -> Compiled:
    """The function of what runs between phases."""
    name = places.finish_name(finish)
    flags = places.flags_of(finish.lets, [o.guard for o in finish.keeps])
    body = _of_lines(places, finish) if finish.rate in LINES else _of_tensor(places, finish)
    constants = [*types_used(body), *flags]
    where = "behind the phase" if finish.behind else "before the first phase"
    precision = "" if finish.rate in LINES else ", in float64"
    return Compiled(
        name,
        f"What is computed {HOW_OFTEN[finish.rate]} {where}{precision}.",
        call(f"def {name}(", [f"{c}: Any" for c in constants], ") -> Any:"),
        "tensor",
        body,
        constants,
        " or ".join(map(guard_text, finish.occasions)),
        "for_all" if finish.rate is Rate.GLOBAL else "for_each",
        [],
    )


def _used(finish: Finish) -> set[str]:
    return {name for let in finish.statements for name in refs(let.expr)} | {o.value for o in finish.keeps}


def _received(places: Places, finish: Finish) -> list[str]:
    """Values of earlier functions that the statements use, but not the states that are lines."""
    own = {let.name for let in finish.lets}
    used = [o.value for o in finish.keeps]
    return [v for v in places.received(finish.statements, *used, but=own) if v not in _line_states(places)]


def _line_states(places: Places) -> dict[str, str]:
    return {state.name: state.series for state in places.line_states}


def _states(places: Places, finish: Finish) -> set[str]:
    """The states of its rate that a function reads or writes."""
    used, written = _used(finish), {o.series for o in finish.keeps}
    coarse = places.program.coarse_states(finish.rate)
    return {i.series for i in coarse if i.name in used or i.series in written}


def _of_tensor(places: Places, finish: Finish) -> list[str]:
    """The lines of a function of one tensor, or of all."""
    printer = FinishPrinter(places.rates, places.printed, places.flags)
    lines: list[Line] = [("", line) for line in places.addresses(_states(places, finish))]
    used = [o.value for o in finish.keeps]
    lines += [("", line) for line in places.scalar_lines(finish.statements, *used, real=False)]
    lines += [("", f"{places.name(v)} = {places.value(v)}") for v in _received(places, finish)]
    for i in places.program.coarse_states(finish.rate):
        if i.name in _used(finish):
            lines.append((guard_text(i.guard), f"{places.name(i.name)} = {_load_state(places, i.series)}"))
    for let in finish.reductions:
        totals = "all_totals[" if finish.rate is Rate.GLOBAL else "totals[tensor, "
        total = f"{places.name(let.name)} = work.{totals}{places.sums[let.name]}]"
        lines.append((guard_text(let.guard), total))
    lines += _computed(places, finish, printer)
    needed = places.needed_behind(finish)
    for let in finish.lets:
        if let.name in needed:
            lines.append((guard_text(let.guard), f"{places.value(let.name)} = {places.name(let.name)}"))
    for o in finish.keeps:
        kept = f"store({places.address(o.series)}, 0, {places.name(o.value)}, float64)"
        lines.append((guard_text(o.guard), kept))
    return guarded(lines, indent=DEPTH)


def _load_state(places: Places, series: str) -> str:
    return f"load({places.address(series)}, 0, float64, float64)"


def _computed(places: Places, finish: Finish, printer: ElementPrinter) -> Iterator[Line]:
    for let in finish.statements:
        yield guard_text(let.guard), f"{places.name(let.name)} = {printer(let.expr)}"


def _of_lines(places: Places, finish: Finish) -> list[str]:
    """The lines of a function that looks at all rows, or all columns, of a tensor."""
    line = LINE[finish.rate]
    received = _received(places, finish)
    of_elements = places.of_elements(finish)
    crossing = [let for let in finish.reductions if let not in of_elements]
    inside = [("", text) for text in _line_values(places, finish, received)]
    for let in of_elements:
        buffer, index = places.sum_place(let, line)
        total = f"real(load({places.address(buffer)}, {index}, float64, float64))"
        inside.append((guard_text(let.guard), f"{places.name(let.name)} = {total}"))
    inside += _computed(places, finish, ElementPrinter(places.rates, places.printed, places.flags))
    inside += _kept(places, finish, line)
    depth = DEPTH + (8 if crossing else 4)
    body = [INDENT + text for text in guarded(inside, indent=depth)]
    if not crossing:
        body = [f"for {line} in range({line}_count):", *body]
        return [*_before(places, finish, received, crossing, body), *body]
    sums = [(guard_text(let.guard), _crossing(places, let)) for let in crossing]
    each = [*guarded(sums, indent=DEPTH + 4), f"for {line} in range(matrix * {line}s, (matrix + 1) * {line}s):", *body]
    body = ["for matrix in range(matrices):", *(INDENT + text for text in each)]
    return [*_before(places, finish, received, crossing, body), *body]


def _before(places: Places, finish: Finish, received: list[str], crossing: list[Let], body: list[str]) -> list[str]:
    """Addresses, what of the shapes the loops use, and what is the same for all lines."""
    line_values = [v for v in (*received, *(let.name for let in finish.lets)) if places.rates[v] in LINES]
    kept = places.needed_behind(finish) | set(received)
    buffers = {places.line_place(v, "")[0] for v in line_values if v in kept}
    buffers |= {places.sum_place(let, "")[0] for let in places.of_elements(finish)}
    buffers |= {_reduced(places, let)[0] for let in crossing}
    read = {series for name, series in _line_states(places).items() if name in _used(finish)}
    counts = [f"{line}_count = matrices * {line}s" for line in LINE.values() if f"{line}_count" in " ".join(body)]
    words = set(re.findall(r"\w+", " ".join([*counts, *body])))
    shape = {"matrices": 1, "rows": 2, "cols": 3}
    lines = [f"{name} = work.shapes[tensor, {place}]" for name, place in shape.items() if name in words] + counts
    lines += places.addresses(_states(places, finish) | buffers | read)
    used = [o.value for o in finish.keeps]
    lines += places.scalar_lines(finish.statements, *used, real=True)
    lines += [f"{places.name(v)} = real({places.value(v)})" for v in received if places.rates[v] not in LINES]
    return lines


def _line_values(places: Places, finish: Finish, received: list[str]) -> Iterator[str]:
    """Lines that load what an earlier function left for a line, and the old states."""
    line = LINE[finish.rate]
    states = {name: i for i in places.line_states if (name := i.name) in _used(finish)}
    for value in (*(v for v in received if places.rates[v] in LINES), *states):
        name, index = places.line_place(value, line)
        loaded = f"load({places.address(name)}, {index}, real, real)"
        condition = guard_text(states[value].guard) if value in states else ""
        yield (
            f"{places.name(value)} = {loaded} if {condition} else real(0)"
            if condition
            else (f"{places.name(value)} = {loaded}")
        )


def _kept(places: Places, finish: Finish, line: str) -> Iterator[Line]:
    """What is left for later functions, and the new states."""
    needed = places.needed_behind(finish)
    for let in finish.lets:
        if let.name in needed:
            name, index = places.line_place(let.name, line)
            yield guard_text(let.guard), f"store({places.address(name)}, {index}, {places.name(let.name)}, real)"
    for o in finish.keeps:
        yield guard_text(o.guard), f"store({places.address(o.series)}, {line}, {places.name(o.value)}, real)"


def _reduced(places: Places, let: Let) -> tuple[str, str]:
    """What a reduction of lines goes over: the tensor or buffer, and the index of the first line of a matrix."""
    assert isinstance(let.expr, Reduce)
    assert isinstance(let.expr.x, Ref)
    line = "row" if let.expr.over is Over.COLS else "col"
    return places.line_place(let.expr.x.name, f"matrix * {line}s")


def _crossing(places: Places, let: Let) -> str:
    """What adds up the lines of a matrix: the same number for all lines that cross them."""
    assert isinstance(let.expr, Reduce)
    name, first = _reduced(places, let)
    count = "rows" if let.expr.over is Over.COLS else "cols"
    function = {"sum": "sum_values", "max": "max_values"}[operation(let)]
    return f"{places.name(let.name)} = real({function}({places.address(name)}, {first}, {count}, real))"
