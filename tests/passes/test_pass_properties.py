"""Whatever the program, passes keep what it computes, and a schedule computes it with what it has."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from ir_values import FLAGS, Values, carry_out, inputs, random_program, run

from optgen.ir import wellformed
from optgen.ir.nodes import (
    ALWAYS,
    SERIES_ROLES,
    Const,
    Program,
    Reduce,
    Ref,
    Select,
    refs,
    walk,
)
from optgen.ir.rates import Rate
from optgen.passes.guards import guard_values
from optgen.passes.phases import Schedule
from optgen.passes.pipeline import PASSES
from optgen.passes.rates import rate
from optgen.passes.schedule import schedule

SEEDS = range(250)
SETTINGS = [dict(zip(FLAGS, values, strict=True)) for values in product((False, True), repeat=2)]


@cache
def stages(seed: int) -> tuple[Program, ...]:
    """A random program, and what each pass makes of it."""
    programs = [wellformed.check(random_program(seed), after="generation")]
    for rewrite in PASSES:
        programs.append(wellformed.check(rewrite(programs[-1]), after=rewrite.__name__))
    return tuple(programs)


@cache
def planned(seed: int) -> Schedule:
    """The schedule of a random program."""
    return schedule(stages(seed)[-1])


def differing(found: Values, wanted: Values) -> list[str]:
    """The series that two runs disagree on, by more than rounding."""
    assert found.keys() == wanted.keys()
    return [
        name
        for name, value in wanted.items()
        if not np.allclose(found[name].astype(float), value.astype(float), rtol=1e-6, atol=1e-9, equal_nan=True)
    ]


def computed(seed: int, flags: dict[str, bool]) -> Values | None:
    """What a random program computes; None where that hangs on the last digits, or leaves the range of numbers."""
    program = stages(seed)[0]
    wanted = run(program, inputs(seed, **flags))
    rough = run(program, inputs(seed, np.float64, **flags), np.float64)
    huge = any(np.any(np.abs(value[np.isfinite(value)]) > 1e15) for value in wanted.values())
    return None if huge or differing(rough, wanted) else wanted


@pytest.mark.parametrize("seed", SEEDS)
def test_passes_and_schedules_keep_values(seed: int) -> None:
    """Each pass, behind those before it, and the schedule at the end."""
    program, *later = stages(seed)
    for flags in (SETTINGS[seed % 4], SETTINGS[3 - seed % 4]):
        wanted = computed(seed, flags)
        if wanted is None:
            continue
        for rewrite, stage in zip(PASSES, later, strict=True):
            if rewrite is not guard_values:  # which flags a statement is needed under is found out at the end
                stage = stage.with_body([replace(let, guard=ALWAYS) for let in stage.body])
            lost = differing(run(stage, inputs(seed, **flags)), wanted)
            assert not lost, f"{rewrite.__name__} changes {lost} with {flags}\n{program}\nbecomes\n{stage}"
        lost = differing(carry_out(planned(seed), inputs(seed, **flags)), wanted)
        assert not lost, f"scheduling changes {lost} with {flags}\n{program}\nbecomes\n{planned(seed)}"


@pytest.mark.parametrize("seed", SEEDS)
def test_schedules_move_no_less_than_the_least(seed: int) -> None:
    plan = planned(seed)
    for flags in SETTINGS:
        if len(plan.phases) == 1:
            assert plan.bytes_moved(flags) == plan.bytes_least(flags)
        else:
            assert plan.bytes_moved(flags) >= plan.bytes_least(flags) > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_elements_do_element_work_only(seed: int) -> None:
    """What device code computes per element is made of names, constants and element work."""
    plan = planned(seed)
    for let in plan.element:
        for node in walk(let.expr):
            if rate(node, plan.rates) < Rate.ELEMENT and not isinstance(node, Const | Ref):
                travelling = str(node).startswith("ne(") and str(node).endswith(", 0)")
                assert travelling or set(FLAGS).issuperset(refs(node)), str(let)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_name_is_where_it_is_needed(seed: int) -> None:
    """Each statement of a phase finds its operands: loaded, computed before it, or finished in an earlier phase."""
    plan = planned(seed)
    coarse = {let.name for let in plan.host}
    coarse |= {i.name for i in plan.program.inputs if i.role not in SERIES_ROLES}
    for phase in plan.phases:
        there = coarse | {access.value for access in phase.loads}
        own = [let for let in plan.element if let.name in phase.statements]
        behind = [let for finish in plan.behind(phase.number) for let in finish.lets]
        for let in (*own, *behind):
            assert set(refs(let.expr)) <= there, str(let)
            there.add(let.name)
        coarse |= {let.name for let in behind}


def test_the_programs_are_worth_it() -> None:
    """They have what is hard, and most of them can be judged."""
    kinds = {type(node) for seed in SEEDS for let in stages(seed)[0].body for node in walk(let.expr)}
    phases = [len(planned(seed).phases) for seed in SEEDS]
    judged = [computed(seed, SETTINGS[seed % 4]) is not None for seed in SEEDS]
    assert {Reduce, Select} <= kinds
    assert {1, 2, 3} <= set(phases)
    assert sum(judged) > 0.7 * len(SEEDS)
