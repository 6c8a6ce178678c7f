"""Which passes run, and in which order."""

from __future__ import annotations

from collections.abc import Callable

from optgen.ir import wellformed
from optgen.ir.nodes import Program

from .flags import flags_first
from .guards import guard_values
from .hoist import hoist
from .numbering import number_values
from .phases import Schedule
from .products import divide_once, expand_powers
from .reductions import lower_reductions
from .schedule import schedule

PASSES: tuple[Callable[[Program], Program], ...] = (
    flags_first,
    guard_values,
    lower_reductions,
    expand_powers,
    divide_once,
    number_values,
    hoist,
    guard_values,
)


def optimize(program: Program) -> Program:
    """Run every pass, checking the program behind each."""
    for rewrite in PASSES:
        program = wellformed.check(rewrite(program), after=rewrite.__name__)
    return program


def plan(program: Program) -> Schedule:
    """From a frozen program to finished statements with a place for each."""
    return schedule(optimize(program))
