"""Where the gradient is taken, as a program of its own: what the equations say before the gradient is known."""

from __future__ import annotations

from dataclasses import replace

from optgen.ir.nodes import Output, Program, Role

from .guards import guard_values


def point_program(program: Program) -> Program:
    """The part of an update that gives the point at which its gradient is taken."""
    (param,) = program.input_of(Role.PARAM)
    return guard_values(replace(program, outputs=(Output(param.series, Role.PARAM, program.at),), initial=()))
