"""What the parts of a kernel module share: which values go where, under which names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from optgen.ir.nodes import Guard, Let, Output, Rate, Role, refs
from optgen.passes.names import printed_names
from optgen.passes.phases import Finish, Phase
from optgen.targets.base import Unit

from .printer import HELPERS

LAUNCHER = frozenset({"ieee", "math", "torch", "triton", "count", "n", "partials", "seed", "t", "tensor", "values"})
"""Names that the launcher uses beside the spec's own."""

CALLED = frozenset(
    {"HYPER", "check_flags", "check_hyper", "check_step", "check_tensors", "check_theta", "on_device", "tensors"}
    | {"check_noise", "BLOCK", "WARPS", "touched"}
)
"""Names of the module and its runtime that the launcher calls."""

DEVICE = frozenset(
    {"PHASE", "WIDTH", "block_start", "everywhere", "keep", "largest", "mask", "max_partials", "offs", *HELPERS}
    | {"normal", "partials_ptr", "rank", "step", "uniform", "sum_partials", "tl", "to_dtype", "update", "values_ptr"}
)
"""Names that device code uses."""


class Names:
    """Names and places of the values of a scheduled program.

    Attributes:
        schedule: The program in phases.
        program: The program.
        rates: Rate of each name.
        param: Name of the parameter.
        flags: The flags.
        phased: Whether there is more than one phase.
    """

    def __init__(self, unit: Unit) -> None:
        self.schedule, self.program = unit.schedule, unit.schedule.program
        self.rates = unit.schedule.rates
        self.param = unit.spec.param.name
        self.flags = [i.name for i in self.program.input_of(Role.FLAG)]
        self.phased = len(self.schedule.phases) > 1
        self.printed = printed_names(self.program, LAUNCHER | CALLED | DEVICE)

    def name(self, value: str) -> str:
        """What a value is called in the code."""
        return self.printed.get(value, value)

    def pointer(self, tensor: str) -> str:
        """What the address of a tensor is called; `values_ptr` and `partials_ptr` are no state's."""
        return f"{tensor}__ptr" if tensor in LAUNCHER else f"{tensor}_ptr"

    # Which values there are

    @cached_property
    def tensor_code(self) -> list[Let]:
        """Statements that run once a tensor."""
        return [let for finish in self.finishes for let in finish.lets]

    @property
    def finishes(self) -> list[Finish]:
        """What runs once a tensor: before the first phase, and behind each."""
        return [self.schedule.prepare, *(phase.finish for phase in self.schedule.phases)]

    @cached_property
    def host_values(self) -> list[str]:
        """Scalars that device code takes from the host, in order of declaration."""
        used = _used((*self.schedule.element, *self.tensor_code)) | {o.value for o in self.coarse_outputs}
        inputs = [i.name for i in self.program.input_of(Role.HYPER, Role.TIME, Role.SIZE)]
        inputs += [i.name for i in self.program.coarse_states(Rate.STEP)]
        return [name for name in (*inputs, *(let.name for let in self.schedule.host)) if name in used]

    @cached_property
    def tensor_values(self) -> list[str]:
        """Values that are computed once a tensor and used in a later launch; their position is that in `values`."""
        needed = {name for number in range(len(self.finishes)) for name in self.needed_behind(number)}
        return [let.name for let in self.tensor_code if let.name in needed]

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
        """New values that are one number and are written to all elements of a tensor."""
        return [o for o in self.program.outputs if self.rates[o.value] is not o.rate is Rate.ELEMENT]

    # What some statements need

    def statements(self, phase: Phase) -> list[Let]:
        """The element statements of a phase, in order."""
        return [let for let in self.schedule.element if let.name in phase.statements]

    def spread(self, phase: Phase) -> list[str]:
        """Coarse values that a phase writes to all elements of a tensor."""
        stored = {a.value for a in phase.stores}
        return [o.value for o in self.coarse_outputs if o.value in stored]

    def scalars_of(self, lets: Iterable[Let], *names: str) -> list[str]:
        """The host's scalars that statements use, and those among further names."""
        used = _used(lets) | set(names)
        return [name for name in self.host_values if name in used]

    def tensors_of(self, lets: Iterable[Let], *names: str) -> list[str]:
        """The values computed once a tensor that statements use, and those among further names."""
        used = _used(lets) | set(names)
        return [name for name in self.tensor_values if name in used]

    def flags_of(self, lets: Iterable[Let], guards: Iterable[Guard] = ()) -> list[str]:
        """The flags that statements and guards depend on."""
        lets = list(lets)
        used = _used(lets) | {name for guard in (*guards, *(let.guard for let in lets)) for name, _ in guard}
        return [name for name in self.flags if name in used]

    def needed_behind(self, number: int) -> set[str]:
        """Names computed once a tensor behind a phase (0 is before the first), and used by later launches."""
        later = self.finishes[number + 1 :]
        own = {let.name for let in self.finishes[number].lets}
        used = _used((*self.schedule.element, *(let for finish in later for let in finish.lets)))
        used |= {o.value for o in self.coarse_outputs} | {o.value for finish in later for o in finish.keeps}
        return own & used


def _used(lets: Iterable[Let]) -> set[str]:
    return {name for let in lets for name in refs(let.expr)}
