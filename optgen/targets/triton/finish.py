"""What runs between phases: reductions completed, and all that is made of them alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from optgen.ir.nodes import Let, Reduce, Ref, guard_text, refs
from optgen.ir.rates import LINES, Rate
from optgen.passes.phases import Finish
from optgen.targets.flow import HOW_OFTEN
from optgen.targets.layout import call, guarded

from . import scalars
from .names import BUFFERS, Names
from .places import PARTIALS, behind_rows, line_of, place, row_of, start, state_place
from .printer import DevicePrinter, FinishPrinter


@dataclass(frozen=True)
class FinishKernel:
    """A kernel between phases as the template lays it out.

    Attributes:
        about: What it is for.
        jit: Decorator.
        signature: `def ...:` line.
        body: Its lines.
        sizes: The whole numbers that it takes: of partial results, and of the lines.
    """

    about: str
    jit: str
    signature: str
    body: list[str]
    sizes: list[str]


def finish_kernel(names: Names, finish: Finish) -> FinishKernel:
    """The kernel of what runs between phases."""
    body = [*_lines_of(names, finish), *_body(names, finish)]
    sizes = _sizes(names, finish, body)
    arguments = [*(pointer for pointer, _ in pointers(names, finish)), *sizes]
    arguments += map(names.name, tensor_sizes(names, finish))
    arguments += [f"{flag}: tl.constexpr" for flag in flags(names, finish)]
    arguments += [f"{constant}: tl.constexpr" for constant in constants(names, finish)]
    where = "behind the phase" if finish.behind else "before the first phase"
    how = "in float32" if finish.rate in LINES else "in float64, by one program"
    return FinishKernel(
        about=f"What is computed {HOW_OFTEN[finish.rate]} {where}, {how}.",
        jit=f"triton.jit(do_not_specialize={quoted_list(sizes)})" if sizes else "triton.jit",
        signature=call(f"def {names.finish_name(finish)}(", arguments, "):"),
        body=body,
        sizes=sizes,
    )


def quoted_list(names: list[str]) -> str:
    """Names as a list display."""
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


def partials(names: Names, finish: Finish) -> str:
    """The buffer with what the blocks of the phase have added up; empty where that is not needed."""
    return PARTIALS[finish.rate] if names.of_elements(finish) else ""


def pointers(names: Names, finish: Finish) -> list[tuple[str, str]]:
    """The addresses that a kernel takes, each with what it is: a buffer, or `state` and the name of one."""
    found = [(f"{partials(names, finish)}_ptr", partials(names, finish))] if partials(names, finish) else []
    used = {*_earlier(names, finish), *names.needed_behind(finish)}
    for rate, buffer in BUFFERS.items():
        if used & set(names.passed_on[rate]):
            found.append((f"{buffer}_ptr", buffer))
    if finish.keeps or set(_used(names, finish)) & set(names.scalars):
        found.append(("scalars_ptr", "scalars"))
    return found + [(names.pointer(series), series) for series in states(names, finish)]


def states(names: Names, finish: Finish) -> list[str]:
    """The states of the kernel's rate that it reads or writes, and those of lines that it reads."""
    used = {name for let in finish.lets for name in refs(let.expr)}
    written = {o.series for o in finish.keeps}
    coarse = names.program.coarse_states(finish.rate, *LINES)
    return [i.series for i in coarse if i.name in used or i.series in written]


def _sizes(names: Names, finish: Finish, body: list[str]) -> list[str]:
    """The whole numbers that a kernel takes: those on partial results, and those on lines that its body reads."""
    found = []
    if partials(names, finish):
        found.append("count")
        if strides(names, finish):
            found.append("stride")
    if finish.rate not in LINES:
        return found
    words = set(re.findall(r"\w+", "\n".join(body)))
    return found + [size for size in ("matrices", "rows", "cols") if size in words]


def strides(names: Names, finish: Finish) -> bool:
    """Whether partial results of other tensors stand between those of one, and there are several of them."""
    if finish.rate is not Rate.TENSOR or not names.of_elements(finish):
        return False
    if names.tiled:
        return names.together
    return any(row_of(names, let) for let in names.of_elements(finish))


def constants(names: Names, finish: Finish) -> list[str]:
    """Constants at compile time: how many numbers a program takes at once, of one line or of some."""
    own = names.of_elements(finish)
    if finish.rate not in LINES:
        return ["WIDTH"] * bool(own)
    return ["WIDTH", *["LANES"] * bool(own), *["BLOCK"] * (len(own) < len(finish.reductions))]


def _used(names: Names, finish: Finish) -> list[str]:
    """The scalars of a step, and the sizes, that a kernel needs."""
    return names.scalars_of(finish.statements, *(o.value for o in finish.keeps))


def tensor_sizes(names: Names, finish: Finish) -> list[str]:
    """The sizes of a tensor, or of all, that a kernel takes as numbers."""
    return [name for name in _used(names, finish) if name in names.sizes]


def flags(names: Names, finish: Finish) -> list[str]:
    """The flags that a kernel depends on."""
    return names.flags_of(finish.lets, [o.guard for o in finish.keeps])


def _earlier(names: Names, finish: Finish) -> list[str]:
    """Values of earlier kernels that a kernel uses."""
    own = {let.name for let in finish.lets}
    coarse = {name for values in names.passed_on.values() for name in values}
    used = names.passed_to(finish.lets, *(o.value for o in finish.keeps))
    return [v for v in used if v in coarse and v not in own]


def by_matrix(names: Names, finish: Finish) -> bool:
    """Whether a program has lines of one matrix only, because it looks at all that cross them."""
    return finish.rate in LINES and len(names.of_elements(finish)) < len(finish.reductions)


def _lines_of(names: Names, finish: Finish) -> list[str]:
    """Which lines a program has."""
    if finish.rate not in LINES:
        return []
    line, lines = ("row", "rows") if finish.rate is Rate.ROW else ("col", "cols")
    if not by_matrix(names, finish):
        return [
            f"{line}_offs = tl.program_id(0).to(tl.int64) * WIDTH + tl.arange(0, WIDTH)",
            f"{line}_mask = {line}_offs < matrices * {lines}",
        ]
    return [
        f"blocks = tl.cdiv({lines}, WIDTH)",
        "matrix = (tl.program_id(0) // blocks).to(tl.int64)",
        f"{line} = tl.program_id(0) % blocks * WIDTH + tl.arange(0, WIDTH)",
        f"{line}_mask = {line} < {lines}",
        f"{line}_offs = matrix * {lines} + {line}",
    ]


def _body(names: Names, finish: Finish) -> list[str]:
    """Loads, statements and stores."""
    printer = (DevicePrinter if finish.rate in LINES else FinishPrinter)(names.rates, names.on_device, names.flags)
    lines = [("", line) for line in scalars.loads(names, _used(names, finish), single=finish.rate in LINES)]
    lines += _loads(names, finish)
    lines += [
        (guard_text(let.guard), f"{names.name(let.name)} = {_completed(names, finish, let)}")
        for let in finish.reductions
    ]
    lines += [(guard_text(let.guard), f"{names.name(let.name)} = {printer(let.expr)}") for let in finish.statements]
    mask = f", {line_of(finish.rate)}_mask" if finish.rate in LINES else ""
    later = names.needed_behind(finish)
    for let in finish.lets:
        if let.name in later:
            stored = f"tl.store({place(names, let.name)}, {names.name(let.name)}{mask})"
            lines.append((guard_text(let.guard), stored))
    going = "goes(scalars_ptr)"
    kept = f"tl.where({going}, {line_of(finish.rate)}_mask, False)" if finish.rate in LINES else going
    for o in finish.keeps:
        stored = f"tl.store({state_place(names, o.series, finish.rate)}, {names.name(o.value)}, {kept})"
        lines.append((guard_text(o.guard), stored))
    return guarded(lines)


def _loads(names: Names, finish: Finish) -> Iterator[tuple[str, str]]:
    """What a kernel reads, under which conditions; lines that are reduced are read there."""
    used = {name for let in finish.statements for name in refs(let.expr)} | {o.value for o in finish.keeps}
    mask = f", {line_of(finish.rate)}_mask" if finish.rate in LINES else ""
    single = ".to(tl.float32)" if finish.rate in LINES else ""
    for value in _earlier(names, finish):
        if value in used:
            own = names.rates[value] in LINES
            yield (
                "",
                f"{names.name(value)} = tl.load({place(names, value)}{mask if own else ''}){'' if own else single}",
            )
    for i in names.program.coarse_states(finish.rate):
        if i.name in used:
            loaded = f"tl.load({state_place(names, i.series, finish.rate)}{mask})"
            yield guard_text(i.guard), f"{names.name(i.name)} = {loaded}"


def _completed(names: Names, finish: Finish, let: Let) -> str:
    """What completes a reduction."""
    assert isinstance(let.expr, Reduce)
    assert isinstance(let.expr.x, Ref)
    if let not in names.of_elements(finish):
        return _of_lines(names, let.expr.op, let.expr.x.name)
    row, line = row_of(names, let), line_of(finish.rate)
    if finish.rate in LINES:
        total = f"matrices * {line}s"
        own = f"{line}_partials_ptr{behind_rows(row, f'count * {total}')}"
        return f"{let.expr.op}_lines({own}, count, {total}, {line}_offs, {line}_mask, LANES)"
    stride = "stride" if strides(names, finish) else "count"
    return f"{let.expr.op}_partials(partials_ptr{behind_rows(row, stride)}, count, WIDTH)"


def _of_lines(names: Names, op: str, value: str) -> str:
    """What adds up the lines of a matrix: the same number for all lines that cross them."""
    line = line_of(names.rates[value])
    return f"{op}_partials({start(names, value)} + matrix * {line}s, {line}s, BLOCK).to(tl.float32)"
