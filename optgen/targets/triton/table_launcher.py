"""The launcher of kernels for many tensors: each kernel for all batches before the next one."""

from __future__ import annotations

from optgen.ir.rates import Rate
from optgen.passes.phases import Finish, Phase
from optgen.targets.flow import operation
from optgen.targets.host import tuple_of
from optgen.targets.layout import INDENT

from . import blocks, finish, scalars
from .launches import flag_lines, is_once, launch_lines, start_lines
from .names import Names
from .places import times
from .table import (
    finish_arguments,
    finish_constants,
    table_arguments,
    table_body,
    table_finish_name,
    table_signature,
)
from .update import block_flags

_GIVEN = {
    "parts_ptr": "batch.parts",
    "table_ptr": "batch.table",
    "scalars_ptr": "scalars[place]",
    "values_ptr": "values[place]",
    "all_values_ptr": "all_values",
    "tensors": "batch.count",
    "seed": "turn.seed",
}
"""What is passed for a parameter of a kernel."""
_OWN = {"partials_ptr": "partials[firsts[place]:]", "stride": "firsts[-1]"}
"""What the blocks of a pass reduce their elements to."""
_WHOLE = {
    "table_ptr": "batch.whole",
    "partials_ptr": "whole.numbers[whole.firsts[place]:]",
    "stride": "whole.firsts[-1]",
}
"""What is left of it of whole tensors, of which other processes may have parts."""


class TableLauncher:
    """The lines of the function that launches kernels.

    Args:
        names: Names and places of all values.
    """

    def __init__(self, names: Names) -> None:
        self.names = names

    def buffers(self) -> list[str]:
        """Lines that allocate what carries values between launches."""
        names, phases = self.names, self.names.schedule.phases
        summed = max(len(blocks.summed(names, phase)) for phase in phases)
        lines = scalars.buffer(names)
        if summed:
            lines.append("firsts = [0, *accumulate(turn.batch.blocks for turn in turns)]")
            lines.append(f"partials = torch.empty({times(summed, 'firsts[-1]')}, dtype=torch.float32, device=device)")
        each = len(names.passed_on[Rate.TENSOR])
        if each:
            shape = f"turn.batch.count, {each}"
            lines.append(f"values = [torch.empty({shape}, dtype=torch.float64, device=device) for turn in turns]")
        of_all = len(names.passed_on[Rate.GLOBAL])
        if of_all:
            lines.append(f"all_values = torch.empty({of_all}, dtype=torch.float64, device=device)")
        return lines

    def launches(self) -> list[str]:
        """All launches in order; those of neighbours that are made for each batch stand in one loop."""
        lines, group = start_lines(self.names), list[Phase | Finish]()
        for launch in self.names.in_order():
            joins = self._joins(group[-1], launch) if group else []
            if group and (joins or is_once(group[-1]) is not is_once(launch)):
                lines += [*self._loop(group), *joins]
                group = []
            group.append(launch)
        return lines + self._loop(group)

    def _joins(self, before: Phase | Finish, launch: Phase | Finish) -> list[str]:
        """The line that joins what a phase has added up with what other processes have, in front of what uses it."""
        if isinstance(launch, Phase) or isinstance(before, Finish):
            return []
        how = [f'"{operation(let)}"' for let in blocks.summed(self.names, before)]
        return [f"whole = joined(turns, Partials(partials, firsts, BLOCK), {tuple_of(how)})"] if how else []

    def _loop(self, group: list[Phase | Finish]) -> list[str]:
        """Launches that are made for each batch, or once."""
        if is_once(group[0]):
            return self._of_all(group)
        body: list[str] = []
        for launch in group:
            body += self._phase(launch) if isinstance(launch, Phase) else self._finish(launch)
        numbered = any("[place]" in line for line in body)
        unpacked = ["batch = turn.batch", *flag_lines(self.names, body, "turn.flags")]
        head = "for place, turn in enumerate(turns):" if numbered else "for turn in turns:"
        return [head, *(INDENT + line for line in [*unpacked, *body])]

    def _phase(self, phase: Phase) -> list[str]:
        names = self.names
        body = table_signature(names, phase, table_body(names, phase))
        passed = [(_GIVEN | _OWN).get(a, a) for a in table_arguments(names, phase)] + block_flags(names, phase)
        constants = {"PARAM": "batch.param", "DATA": "batch.data", "ALIGNED": "batch.aligned"}
        passed += [f"{name}={value}" for name, value in constants.items() if f"{name}:" in body]
        passed += ["BLOCK=BLOCK", "BLOCKS=BLOCKS", "num_warps=WARPS"]
        before = f"{names.stem(phase.number)}_kernel[(batch.programs,)]("
        return launch_lines(before, passed, phase.occasions, 12, also="batch.programs")

    def _finish(self, finished: Finish) -> list[str]:
        names = self.names
        passed = [(_GIVEN | _WHOLE).get(a, a) for a in finish_arguments(names, finished)]
        passed += [*finish.flags(names, finished), *_constants(names, finished)]
        return launch_lines(f"{table_finish_name(names, finished)}[(batch.count,)](", passed, finished.occasions, 12)

    def _of_all(self, found: list[Finish | Phase]) -> list[str]:
        """What is computed once for all batches, with the flags and scalars of the first."""
        given = {
            **_GIVEN,
            "table_ptr": "turns[0].batch.whole",
            "tensors": "turns[0].batch.count",
            "scalars_ptr": "scalars[0]",
            "partials_ptr": "whole.numbers",
            "count": "whole.firsts[-1]",
            "numel_of_all": "sum(turn.batch.numel_of_all for turn in turns)",
        }
        lines: list[str] = []
        for finished in found:
            assert isinstance(finished, Finish)
            passed = [given.get(a, a) for a in finish_arguments(self.names, finished)]
            passed += [*finish.flags(self.names, finished), *_constants(self.names, finished)]
            before = f"{table_finish_name(self.names, finished)}[(1,)]("
            own = launch_lines(before, passed, finished.occasions, 8)
            lines += [*flag_lines(self.names, own, "turns[0].flags"), *own]
        return lines


def _constants(names: Names, finished: Finish) -> list[str]:
    """The constants of what runs between phases, but for flags."""
    values = {"BLOCK": "whole.block"}
    return [f"{name}={values.get(name, 'BLOCK')}" for name in finish_constants(names, finished)]
