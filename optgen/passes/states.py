"""Which states are tensors, and which are one number: as little is kept as the equations allow."""

from __future__ import annotations

from dataclasses import replace

from optgen.ir.nodes import Output, Program, Role
from optgen.ir.rates import Rate, finest

from .rates import Rates, rate


def settle_states(program: Program) -> Program:
    """Give every state the coarsest rate at which its equations keep it.

    A state starts as one number for everything, and becomes finer as its initial value and its update demand, until
    nothing changes: a product of coefficients is one number, a running mean of norms one a tensor, of sums of rows one
    a row.
    """
    outputs = {o.series: o for o in program.outputs if o.role is Role.STATE}
    known: Rates = {i.name: i.rate for i in program.inputs}
    kept = {let.name: Rate.STEP for let in program.initial}
    while True:
        known |= {i.name: kept[i.series] for i in program.input_of(Role.STATE)}
        for let in program.body:
            known[let.name] = rate(let.expr, known)
        finer = {let.name: rate(let.expr, known) for let in program.initial}
        settled = {name: finest(kept[name], finer[name]) for name in kept}
        settled |= {name: finest(settled[name], known[o.value]) for name, o in outputs.items()}
        if settled == kept:
            break
        kept = settled
    inputs = tuple(replace(i, rate=kept[i.series]) if i.role is Role.STATE else i for i in program.inputs)
    new = tuple(replace(o, rate=kept[o.series]) if o.role is Role.STATE else o for o in program.outputs)
    return replace(program, inputs=inputs, outputs=new)


def initial_program(program: Program) -> Program:
    """What makes the states before the first step, as a program of its own."""
    kept = {i.series: i for i in program.input_of(Role.STATE)}
    outputs = tuple(Output(let.name, Role.STATE, let.name, let.guard, kept[let.name].rate) for let in program.initial)
    inputs = program.input_of(Role.PARAM, Role.HYPER, Role.FLAG)
    return Program(program.name, inputs, program.initial, outputs, view=program.view)
