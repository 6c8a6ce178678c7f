"""What numbers that hold for all tensors are made of: it has to be one for all of them."""

from __future__ import annotations

from optgen.ir.nodes import Reduce, Role, refs
from optgen.ir.rates import Rate

from .phases import Schedule


def reduces(schedule: Schedule) -> bool:
    """Whether numbers are made of many elements, which other processes may have."""
    return any(isinstance(let.expr, Reduce) for let in schedule.program.body)


def of_all_tensors(schedule: Schedule) -> tuple[str, ...]:
    """Hyper-parameters, flags and the step that numbers of all tensors are made of, in the order of declaration.

    What is inside a reduction is not among them: each tensor can have its own there.

    Args:
        schedule: Of the update for many tensors at once.
    """
    program = schedule.program
    if not program.spans_tensors:
        return ()
    body = {let.name: let for let in program.body}
    kept = {o.value for o in program.outputs if o.rate is Rate.GLOBAL}
    pending = [name for name in body if schedule.rates[name] is Rate.GLOBAL or name in kept]
    first = {i.series for i in program.coarse_states(Rate.STEP, Rate.GLOBAL)}
    pending += [name for let in program.initial if let.name in first for name in refs(let.expr)]
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        if name in body:
            pending += [guard for guard, _ in body[name].guard]
            pending += [] if isinstance(body[name].expr, Reduce) else refs(body[name].expr)
    wanted = program.input_of(Role.TIME, Role.HYPER, Role.FLAG)
    return tuple(i.name for i in wanted if i.name in found)
