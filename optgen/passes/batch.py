"""One launch for several tensors: what was one number for all of them may differ from one to the next."""

from __future__ import annotations

from dataclasses import replace

from optgen.ir.nodes import Binary, Input, Let, Output, Program, Ref, Role, bottom_up
from optgen.ir.rates import Rate

from .naming import unique


def batched(program: Program) -> Program:
    """The same update for tensors that one launch takes together though nothing spans them.

    Each has its own sizes. Gradients come with a factor: the inverse of what the loss was scaled by, and -1 where it is
    to rise. A state that is one number, which a launch for one tensor takes from the host, is kept for
    each of them; where tensors are updated together, for all.
    """
    kept = Rate.GLOBAL if program.spans_tensors else Rate.TENSOR

    finer = {Role.STATE: kept, Role.SIZE: Rate.TENSOR}

    def rate(value: Input | Output) -> Rate:
        return finer.get(value.role, value.rate) if value.rate is Rate.STEP else value.rate

    scaled = _scaled(program)
    return replace(
        scaled,
        inputs=tuple(replace(i, rate=rate(i)) for i in scaled.inputs),
        outputs=tuple(replace(o, rate=rate(o)) for o in program.outputs),
        batched=True,
    )


def _scaled(program: Program) -> Program:
    """The same with the gradient times a factor in the place of the gradient."""
    (grad,) = program.input_of(Role.GRAD)
    taken = {i.name for i in program.inputs} | {let.name for let in program.body}
    factor = Input(unique("grad_factor", taken), "grad_factor", Role.SCALE, Rate.STEP)
    scaled = unique(f"{grad.name}_scaled", taken | {factor.name})
    body = [
        replace(let, expr=bottom_up(let.expr, lambda node: Ref(scaled) if node == Ref(grad.name) else node))
        for let in program.body
    ]
    first = Let(scaled, Binary("mul", Ref(factor.name), Ref(grad.name)))
    return replace(program, inputs=(*program.inputs, factor), body=(first, *body))
