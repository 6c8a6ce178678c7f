"""What runs once a tensor, behind a phase: reductions completed, and all that is made of them alone."""

from __future__ import annotations

from dataclasses import dataclass

from optgen.ir.nodes import Reduce, guard_text
from optgen.passes.schedule import Phase
from optgen.targets.layout import call, guarded

from .blocks import stem
from .names import Names
from .printer import FinishPrinter


@dataclass(frozen=True)
class Finish:
    """A finishing kernel as the template lays it out.

    Attributes:
        signature: `def ...:` line.
        body: Its lines.
    """

    signature: str
    body: list[str]


def finish(names: Names, phase: Phase) -> Finish | None:
    """The kernel behind a phase; None where the phase reduces nothing."""
    if not phase.reductions:
        return None
    flags = [f"{flag}: tl.constexpr" for flag in finish_flags(names, phase)]
    taken = map(names.name, names.scalars_of(phase.finish))
    arguments = ["partials_ptr", "values_ptr", "count", *taken, *flags, "WIDTH: tl.constexpr"]
    return Finish(call(f"def {stem(names, phase)}_finish(", arguments, "):"), _body(names, phase))


def finish_flags(names: Names, phase: Phase) -> list[str]:
    """The flags that the finishing kernel of a phase depends on."""
    return names.flags_of([*phase.reductions, *phase.finish])


def _body(names: Names, phase: Phase) -> list[str]:
    printer = FinishPrinter(names.rates, names.printed, names.flags)
    own = [*phase.reductions, *phase.finish]
    lines: list[tuple[str, str]] = []
    earlier = [value for value in names.tensors_of(phase.finish) if value not in {let.name for let in own}]
    lines += [("", f"{names.name(v)} = tl.load(values_ptr + {names.tensor_values.index(v)})") for v in earlier]
    for number, let in enumerate(phase.reductions):
        assert isinstance(let.expr, Reduce)
        row = {0: "", 1: " + count"}.get(number, f" + {number} * count")
        total = f"{let.expr.op}_partials(partials_ptr{row}, count, WIDTH)"
        lines.append((guard_text(let.guard), f"{names.name(let.name)} = {total}"))
    lines += [(guard_text(let.guard), f"{names.name(let.name)} = {printer(let.expr)}") for let in phase.finish]
    later = names.needed_behind(phase)
    for let in own:
        if let.name in later:
            place = f"values_ptr + {names.tensor_values.index(let.name)}"
            lines.append((guard_text(let.guard), f"tl.store({place}, {names.name(let.name)})"))
    return guarded(lines)
