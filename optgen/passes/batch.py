"""One launch for several tensors: what was one number for all of them may differ from one to the next."""

from __future__ import annotations

from dataclasses import replace

from optgen.ir.nodes import Input, Output, Program, Role
from optgen.ir.rates import Rate


def batched(program: Program) -> Program:
    """The same update for tensors that one launch takes together though nothing spans them.

    Each has its own sizes. A state that is one number, which a launch for one tensor takes from the host, is kept for
    each of them; where tensors are updated together, for all.
    """
    kept = Rate.GLOBAL if program.spans_tensors else Rate.TENSOR

    finer = {Role.STATE: kept, Role.SIZE: Rate.TENSOR}

    def rate(value: Input | Output) -> Rate:
        return finer.get(value.role, value.rate) if value.rate is Rate.STEP else value.rate

    return replace(
        program,
        inputs=tuple(replace(i, rate=rate(i)) for i in program.inputs),
        outputs=tuple(replace(o, rate=rate(o)) for o in program.outputs),
        batched=True,
    )
