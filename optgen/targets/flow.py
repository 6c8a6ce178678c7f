"""Which values go where: what the launches of a scheduled program take, and what they hand on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property

from optgen.ir.nodes import (
    Guard,
    Input,
    Let,
    Output,
    Reduce,
    Role,
    refs,
)
from optgen.ir.rates import LINES, Rate, View
from optgen.passes.names import printed_names
from optgen.passes.phases import Finish, Phase, Schedule
from optgen.passes.schedule import BETWEEN

VIEWS = {View.LAST: "last_two", View.FIRST: "first_by_rest"}
"""Functions of runtimes that see a tensor as matrices."""
_ENDINGS = {Rate.GLOBAL: "_all", Rate.TENSOR: "", Rate.ROW: "_rows", Rate.COL: "_cols"}
HOW_OFTEN = {
    Rate.GLOBAL: "once for all tensors",
    Rate.TENSOR: "once a tensor",
    Rate.ROW: "for each row",
    Rate.COL: "for each column",
}
"""How often what runs between phases is computed, for docstrings."""


class Flow:
    """Names and places of the values of a scheduled program.

    Attributes:
        schedule: The program in phases.
        program: The program.
        rates: Rate of each name.
        param: Name of the parameter.
        flags: The flags.
        phased: Whether there is more than one phase.
        finishes: What runs between the phases, in order.
        together: Whether tensors are updated together, as a list.
        tiled: Whether tensors are seen as matrices, and blocks of them are tiles.

    Args:
        schedule: The program in phases.
        taken: Names that the code around the program uses.
    """

    def __init__(self, schedule: Schedule, taken: Collection[str]) -> None:
        self.schedule, self.program, self.rates = schedule, schedule.program, schedule.rates
        (param,) = self.program.input_of(Role.PARAM)
        self.param = param.series
        self.flags = [i.name for i in self.program.input_of(Role.FLAG)]
        self.phased = self.schedule.phases[-1].number > 1
        self.finishes = self.schedule.finishes
        self.together, self.tiled = self.program.spans_tensors, self.program.view is not None
        self.printed = printed_names(self.program, taken)

    def name(self, value: str) -> str:
        """What a value is called in the code."""
        return self.printed.get(value, value)

    def stem(self, number: int) -> str:
        """What the names of a phase's functions begin with."""
        return f"phase{number}" if self.phased else "step"

    def finish_name(self, finish: Finish) -> str:
        """What the function of what runs between phases is called."""
        stem = f"{self.stem(finish.behind)}_finish" if finish.behind else "prepare"
        alike = [f for f in self.schedule.behind(finish.behind) if f.rate is finish.rate]
        turn = alike.index(finish)
        return f"{stem}{_ENDINGS[finish.rate]}" + (f"{turn + 1}" if turn else "")

    # Which values there are

    @cached_property
    def between(self) -> list[Let]:
        """Statements that run between phases."""
        return [let for finish in self.finishes for let in finish.lets]

    @cached_property
    def host_values(self) -> list[str]:
        """Scalars that device code takes from the host, in order of declaration."""
        used = _used((*self.schedule.element, *self.between))
        used |= {o.value for o in (*self.coarse_outputs, *(o for finish in self.finishes for o in finish.keeps))}
        inputs = [i.name for i in self.program.input_of(Role.HYPER, Role.SCALE, Role.TIME, Role.SIZE)]
        inputs += [i.name for i in self.program.coarse_states(Rate.STEP)]
        return [name for name in (*inputs, *(let.name for let in self.schedule.host)) if name in used]

    @cached_property
    def sizes(self) -> dict[str, str]:
        """What shapes say of a tensor, or of all: name of each value, and what it is."""
        return {i.name: i.series for i in self.program.input_of(Role.SIZE)}

    @cached_property
    def scalars(self) -> list[str]:
        """The scalars of a step, which are the same for all tensors: host values without sizes."""
        return [name for name in self.host_values if name not in self.sizes]

    @cached_property
    def passed_on(self) -> dict[Rate, list[str]]:
        """Values of each rate that a launch hands to a later one; the position of each is that in its buffer."""
        needed = {name for finish in self.finishes for name in self.needed_behind(finish)}
        return {
            rate: [let.name for let in self.between if let.name in needed and self.rates[let.name] is rate]
            for rate in BETWEEN
        }

    @cached_property
    def line_states(self) -> list[Input]:
        """States with a value for each line, which any launch may read."""
        return list(self.program.coarse_states(*LINES))

    @cached_property
    def values_in(self) -> list[str]:
        """Element values that some phase loads or draws, each printed name once, in the order of declaration."""
        loaded = {a.value for phase in self.schedule.phases for a in phase.loads}
        loaded |= {name for phase in self.schedule.phases for name in phase.noise}
        order = [i.name for i in (*self.program.tensors(), *self.program.input_of(Role.NOISE))]
        order += [let.name for let in self.schedule.element]
        return list(dict.fromkeys(self.name(value) for value in order if value in loaded))

    @cached_property
    def coarse_outputs(self) -> list[Output]:
        """New values that are coarser than an element and are written to all elements of a tensor."""
        return [o for o in self.program.outputs if self.rates[o.value] is not o.rate is Rate.ELEMENT]

    def in_order(self) -> Iterator[Phase | Finish]:
        """The passes over memory, and what runs before, between and behind them."""
        yield from self.schedule.behind(0)
        for phase in self.schedule.phases:
            yield phase
            yield from self.schedule.behind(phase.number)

    # What some statements need

    def statements(self, phase: Phase) -> list[Let]:
        """The element statements of a phase, in order."""
        return [let for let in self.schedule.element if let.name in phase.statements]

    def blocks_read(self, phase: Phase) -> int:
        """How many blocks of numbers a program of a phase holds: of tensors, and of what rows and columns have."""
        lines = [name for name in self.passed_to(self.statements(phase)) if self.rates[name] in LINES]
        return len(phase.loads) + len(lines)

    def spread(self, phase: Phase) -> list[str]:
        """Coarse values that a phase writes to all elements of a tensor."""
        stored = {a.value for a in phase.stores}
        return [o.value for o in self.coarse_outputs if o.value in stored]

    def scalars_of(self, lets: Iterable[Let], *names: str) -> list[str]:
        """The host's scalars that statements use, and those among further names."""
        used = _used(lets) | set(names)
        return [name for name in self.host_values if name in used]

    def passed_to(self, lets: Iterable[Let], *names: str) -> list[str]:
        """The values of earlier launches that statements use, and those among further names: the coarser ones first."""
        used = _used(lets) | set(names)
        found = [name for rate in BETWEEN for name in self.passed_on[rate] if name in used]
        return [*found, *(i.name for i in self.line_states if i.name in used)]

    def flags_of(self, lets: Iterable[Let], guards: Iterable[Guard] = ()) -> list[str]:
        """The flags that statements and guards depend on."""
        lets = list(lets)
        used = _used(lets) | {name for guard in (*guards, *(let.guard for let in lets)) for name, _ in guard}
        return [name for name in self.flags if name in used]

    def of_elements(self, finish: Finish) -> list[Let]:
        """The reductions of elements that a finish completes; others are of lines."""
        of_phases = {let.name for phase in self.schedule.phases for let in phase.reductions}
        return [let for let in finish.reductions if let.name in of_phases]

    def needed_behind(self, finish: Finish) -> set[str]:
        """Names that are computed between phases and used by later launches."""
        later = self.finishes[self.finishes.index(finish) + 1 :]
        own = {let.name for let in finish.lets}
        used = _used((*self.schedule.element, *(let for finish in later for let in finish.lets)))
        used |= {o.value for o in self.coarse_outputs} | {o.value for finish in later for o in finish.keeps}
        return own & used


def operation(let: Let) -> str:
    """Of a reduction: "sum" or "max"."""
    assert isinstance(let.expr, Reduce)
    return let.expr.op


def _used(lets: Iterable[Let]) -> set[str]:
    return {name for let in lets for name in refs(let.expr)}
