"""The launcher of kernels for many tensors: each kernel for all batches before the next one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from optgen.ir.nodes import Role, guard_text
from optgen.ir.rates import Rate
from optgen.passes.phases import Finish, Phase
from optgen.targets.layout import INDENT, call, guarded

from . import blocks, finish
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
    "scalars_ptr": "numbers[place]",
    "partials_ptr": "partials[firsts[place]:]",
    "values_ptr": "values[place]",
    "all_values_ptr": "all_values",
    "tensors": "batch.count",
    "stride": "firsts[-1]",
    "seed": "turn.seed",
    "step": "turn.t",
}
"""What is passed for a parameter of a kernel."""


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
        lines = ["firsts = [0, *accumulate(turn.batch.blocks for turn in turns)]"] * bool(summed)
        if summed:
            lines.append(f"partials = torch.empty({times(summed, 'firsts[-1]')}, dtype=torch.float32, device=device)")
        if any("scalars_ptr" in finish_arguments(names, finished) for finished in names.finishes):
            lines.append("numbers = [turn.batch.upload(turn.scalars, torch.float64) for turn in turns]")
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
        lines: list[str] = []
        for once, group in groupby(self._in_order(), key=lambda launch: _once(launch)):
            found = list(group)
            if once:
                lines += self._of_all(found)
                continue
            texts = [self._phase(x) if isinstance(x, Phase) else self._finish(x) for x in found]
            body = "\n".join(line for text in texts for line in text)
            lines.append("for place, turn in enumerate(turns):" if "[place" in body else "for turn in turns:")
            lines += [INDENT + line for line in ["batch = turn.batch", *self._unpacked(body), *body.split("\n")]]
        return lines

    def _in_order(self) -> Iterator[Phase | Finish]:
        schedule = self.names.schedule
        yield from schedule.behind(0)
        for phase in schedule.phases:
            yield phase
            yield from schedule.behind(phase.number)

    def _unpacked(self, body: str) -> list[str]:
        """Lines that name the flags and scalars that some launches pass."""
        words = _words(body)
        lines = [f'{flag} = turn.flags["{flag}"]' for flag in self.names.flags if flag in words]
        host = [self.names.name(n) for n in self.names.host_values if n not in self._sizes()]
        lines += [f"{name} = turn.scalars[{place}]" for place, name in enumerate(host) if name in words]
        return lines

    def _sizes(self) -> set[str]:
        return {i.name for i in self.names.program.input_of(Role.SIZE)}

    def _phase(self, phase: Phase) -> list[str]:
        names = self.names
        body = table_signature(names, phase, table_body(names, phase))
        passed = [_GIVEN.get(a, a) for a in table_arguments(names, phase)] + block_flags(names, phase)
        constants = {"PARAM": "batch.param", "DATA": "batch.data", "ALIGNED": "batch.aligned"}
        passed += [f"{name}={value}" for name, value in constants.items() if f"{name}:" in body]
        passed += ["BLOCK=BLOCK", "BLOCKS=BLOCKS", "num_warps=WARPS"]
        launch = call(f"{names.stem(phase.number)}_kernel[(batch.programs,)](", passed, ")", indent=16)
        condition = " or ".join(map(guard_text, phase.occasions))
        return guarded([("batch.programs" + (f" and ({condition})" if condition else ""), launch)])

    def _finish(self, finished: Finish) -> list[str]:
        names = self.names
        passed = [_GIVEN.get(a, a) for a in finish_arguments(names, finished)] + finish.flags(names, finished)
        passed += [f"{constant}=BLOCK" for constant in finish_constants(names, finished)]
        name, condition = table_finish_name(names, finished), " or ".join(map(guard_text, finished.occasions))
        return guarded([(condition, call(f"{name}[(batch.count,)](", passed, ")", indent=16 if condition else 12))])

    def _of_all(self, found: list[Finish | Phase]) -> list[str]:
        """What is computed once for all batches, with the flags and scalars of the first."""
        given = {
            **_GIVEN,
            "table_ptr": "turns[0].batch.table",
            "tensors": "turns[0].batch.count",
            "scalars_ptr": "numbers[0]",
            "partials_ptr": "partials",
            "count": "firsts[-1]",
            "numel_of_all": "sum(turn.batch.numel for turn in turns)",
        }
        lines: list[str] = []
        for finished in found:
            assert isinstance(finished, Finish)
            flags = finish.flags(self.names, finished)
            passed = [given.get(a, a) for a in finish_arguments(self.names, finished)] + flags
            passed += [f"{constant}=BLOCK" for constant in finish_constants(self.names, finished)]
            condition = " or ".join(map(guard_text, finished.occasions))
            launch = call(
                f"{table_finish_name(self.names, finished)}[(1,)](", passed, ")", indent=12 if condition else 8
            )
            text = "\n".join(guarded([(condition, launch)]))
            lines += [f'{flag} = turns[0].flags["{flag}"]' for flag in self.names.flags if flag in _words(text)]
            lines += text.split("\n")
        return lines


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _once(launch: Phase | Finish) -> bool:
    return isinstance(launch, Finish) and launch.rate is Rate.GLOBAL
