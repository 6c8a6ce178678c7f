"""What runs once a tensor, between phases: reductions completed, and all that is made of them alone."""

from __future__ import annotations

from dataclasses import dataclass

from optgen.ir.nodes import Input, Rate, Reduce, guard_text, refs
from optgen.passes.phases import Finish
from optgen.targets.layout import call, guarded

from .names import Names
from .printer import FinishPrinter


@dataclass(frozen=True)
class FinishKernel:
    """A kernel of one program as the template lays it out.

    Attributes:
        about: What it is for.
        signature: `def ...:` line.
        body: Its lines.
    """

    about: str
    signature: str
    body: list[str]


def finish_kernel(names: Names, number: int) -> FinishKernel | None:
    """The kernel behind a phase, 0 being before the first; None where nothing is computed there."""
    if not needed(names, number):
        return None
    arguments = [*pointers(names, number), *map(names.name, scalars(names, number))]
    arguments += [f"{flag}: tl.constexpr" for flag in flags(names, number)]
    arguments += ["WIDTH: tl.constexpr"] * bool(names.finishes[number].reductions)
    about = "behind the phase" if number else "before the first phase"
    return FinishKernel(about, call(f"def {finish_name(names, number)}(", arguments, "):"), _body(names, number))


def needed(names: Names, number: int) -> bool:
    """Whether anything is computed once a tensor behind a phase."""
    return bool(names.finishes[number].lets or names.finishes[number].keeps)


def finish_name(names: Names, number: int) -> str:
    """What a kernel is called."""
    if not number:
        return "prepare"
    return f"phase{number}_finish" if names.phased else "step_finish"


def pointers(names: Names, number: int) -> list[str]:
    """The addresses that a kernel takes: buffers between launches, and the states that are one number a tensor."""
    finish = names.finishes[number]
    buffers = ["partials_ptr"] * bool(finish.reductions)
    buffers += ["values_ptr"] * bool(_earlier(names, number) or names.needed_behind(number))
    buffers += [names.pointer(series) for series in states(names, number)]
    return buffers + ["count"] * bool(finish.reductions)


def states(names: Names, number: int) -> list[str]:
    """The states that are one number a tensor, and read or written by a kernel."""
    finish = names.finishes[number]
    read, written = {i.series for i in _read(names, finish)}, {o.series for o in finish.keeps}
    return [i.series for i in names.program.coarse_states(Rate.TENSOR) if i.series in read | written]


def scalars(names: Names, number: int) -> list[str]:
    """The host's scalars that a kernel takes."""
    finish = names.finishes[number]
    return names.scalars_of(finish.statements, *(o.value for o in finish.keeps))


def flags(names: Names, number: int) -> list[str]:
    """The flags that a kernel depends on."""
    finish = names.finishes[number]
    return names.flags_of(finish.lets, [o.guard for o in finish.keeps])


def _read(names: Names, finish: Finish) -> list[Input]:
    used = {name for let in finish.statements for name in refs(let.expr)}
    return [i for i in names.program.coarse_states(Rate.TENSOR) if i.name in used]


def _earlier(names: Names, number: int) -> list[str]:
    """Values of earlier kernels that a kernel uses."""
    finish = names.finishes[number]
    own = {let.name for let in finish.lets}
    return [v for v in names.tensors_of(finish.statements, *(o.value for o in finish.keeps)) if v not in own]


def _body(names: Names, number: int) -> list[str]:
    printer = FinishPrinter(names.rates, names.printed, names.flags)
    finish = names.finishes[number]
    lines = [("", f"{names.name(v)} = tl.load({_place(names, v)})") for v in _earlier(names, number)]
    for i in _read(names, finish):
        lines += [(guard_text(i.guard), f"{names.name(i.name)} = tl.load({names.pointer(i.series)})")]
    for row, let in enumerate(finish.reductions):
        assert isinstance(let.expr, Reduce)
        start = {0: "", 1: " + count"}.get(row, f" + {row} * count")
        total = f"{let.expr.op}_partials(partials_ptr{start}, count, WIDTH)"
        lines.append((guard_text(let.guard), f"{names.name(let.name)} = {total}"))
    lines += [(guard_text(let.guard), f"{names.name(let.name)} = {printer(let.expr)}") for let in finish.statements]
    later = names.needed_behind(number)
    for let in finish.lets:
        if let.name in later:
            lines.append((guard_text(let.guard), f"tl.store({_place(names, let.name)}, {names.name(let.name)})"))
    for o in finish.keeps:
        lines += [(guard_text(o.guard), f"tl.store({names.pointer(o.series)}, {names.name(o.value)})")]
    return guarded(lines)


def _place(names: Names, value: str) -> str:
    return f"values_ptr + {names.tensor_values.index(value)}"
