"""Where everything runs: on the host, per element in one or more phases, or once a tensor between phases.

A reduction has to see all elements before its result can be used, so it ends a phase: one pass over memory. What a
later phase needs again is loaded, kept in a scratch tensor, or recomputed, whichever moves the fewest bytes. Reducing
lines to coarser ones, as the sums of all rows to one number, ends a phase too, though no memory may be passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product

from optgen.ir.nodes import (
    Guard,
    Input,
    Let,
    Output,
    Program,
    Reduce,
    Role,
    refs,
)
from optgen.ir.rates import Rate

from .phases import Access, Finish, Phase, Schedule, named_reductions
from .rates import Rates, rates

_MOST_SCRATCH = 2

BETWEEN = (Rate.GLOBAL, Rate.TENSOR, Rate.ROW, Rate.COL)
"""Rates of what runs between phases, in the order in which it runs."""


@dataclass(frozen=True)
class _Plan:
    """One way to cut: when each output is stored, and which values are kept in scratch."""

    store_phase: dict[str, int]
    scratch_phase: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _PhasePlan:
    loads: tuple[Access, ...]
    stores: tuple[Access, ...]
    statements: frozenset[str]
    noise: tuple[str, ...]


def schedule(program: Program) -> Schedule:
    """Cut a program whose reductions and coarse parts are named statements (see `reductions` and `hoist`)."""
    known = rates(program)
    level = _levels(program, known)
    fine = [let.name for let in program.body if known[let.name] is Rate.ELEMENT]
    stored = [o.value for o in program.outputs if o.rate is Rate.ELEMENT]
    last = max((level[name] for name in (*fine, *stored)), default=0)
    cut = _Cutter(program, known, level, last)
    plan, cuts = cut.best()
    phases = [
        Phase(number, phase.loads, phase.stores, phase.statements, cut.reductions(number - 1), phase.noise)
        for number, phase in enumerate(cuts, start=1)
    ]
    # Where only lines are reduced, no memory is passed over.
    passes = [p for p in phases if p.stores or p.reductions] or phases[:1]
    return Schedule(
        program,
        known,
        host=tuple(let for let in program.body if known[let.name] <= Rate.STEP),
        element=tuple(let for let in program.body if known[let.name] is Rate.ELEMENT),
        phases=tuple(replace(p, number=number) for number, p in enumerate(passes, start=1)),
        finishes=tuple(
            replace(finish, behind=sum(p.number <= finish.behind for p in passes))
            for finish in _finishes(program, known, level, phases)
        ),
        scratch=tuple(plan.scratch_phase),
    )


def _finishes(program: Program, known: Rates, level: dict[str, int], phases: Sequence[Phase]) -> Iterator[Finish]:
    """What is computed between the phases: first once for all, then once a tensor, then for each row and column."""
    kept_at = {o.series: max(level[o.value], _last_use(program, known, level, o, phases)) for o in program.outputs}
    for number in range(max([len(phases), *level.values()]) + 1):
        for rate in BETWEEN:
            lets = [let for let in program.body if known[let.name] is rate and level[let.name] == number]
            found = Finish(
                number,
                rate,
                tuple(let for let in lets if isinstance(let.expr, Reduce)),
                tuple(let for let in lets if not isinstance(let.expr, Reduce)),
                tuple(o for o in program.outputs if o.rate is rate and kept_at[o.series] == number),
            )
            if found.lets or found.keeps:
                yield found


def _last_use(program: Program, known: Rates, level: dict[str, int], output: Output, phases: Sequence[Phase]) -> int:
    """Number of the phase in which, or behind which, the old value of a state is needed for the last time."""
    old = next((i.name for i in program.input_of(Role.STATE) if i.series == output.series), "")
    users = {let.name for let in program.body if old in refs(let.expr)}
    between = [level[name] for name in users if known[name] in BETWEEN]
    return max([*between, *(phase.number for phase in phases if users & phase.statements)], default=0)


def _levels(program: Program, known: Rates) -> dict[str, int]:
    """How many reductions have to be over before each value can be computed."""
    level = {i.name: 0 for i in program.inputs}
    for let in program.body:
        before = max((level[name] for name in refs(let.expr)), default=0)
        level[let.name] = before + isinstance(let.expr, Reduce) if known[let.name] >= Rate.GLOBAL else 0
    return level


class _Cutter:
    """Tries the ways to cut a program into phases and counts their bytes."""

    def __init__(self, program: Program, known: Rates, level: dict[str, int], last: int) -> None:
        self.program, self.level, self.last = program, level, last
        self.element = {let.name: let for let in program.body if known[let.name] is Rate.ELEMENT}
        self.inputs = {i.name: i for i in program.tensors()}
        self.noise = [i.name for i in program.input_of(Role.NOISE)]
        self.outputs = {o.value: o for o in program.outputs if o.rate is Rate.ELEMENT}
        self.fine = {*self.inputs, *self.noise, *self.element}

    def reductions(self, number: int) -> tuple[Let, ...]:
        """What the elements of a phase are reduced to; coarser values are reduced elsewhere."""
        found = (r for r in named_reductions(self.program) if r.x.name in self.fine)
        return tuple(r.let for r in found if self.level[r.x.name] == number)

    def best(self) -> tuple[_Plan, list[_PhasePlan]]:
        """The cut of fewest bytes; among equals fewer scratch tensors, then earlier stores."""
        found: list[tuple[tuple[int, ...], _Plan, list[_PhasePlan]]] = []
        for plan in self._plans():
            phases = [self._phase(number, plan) for number in range(self.last + 1)]
            if None in phases:
                continue
            done = [phase for phase in phases if phase]
            moved = sum(len(phase.loads) + len(phase.stores) for phase in done)
            cost = (moved, len(plan.scratch_phase), *plan.store_phase.values())
            found.append((cost, plan, done))
        return min(found, key=lambda entry: entry[0])[1:]

    def _plans(self) -> Iterator[_Plan]:
        ranges = [range(self.level.get(value, 0), self.last + 1) for value in self.outputs]
        candidates = self._worth_keeping()
        for phases in product(*ranges):
            for count in range(_MOST_SCRATCH + 1 if self.last else 1):
                for kept in combinations(candidates, count):
                    yield _Plan(dict(zip(self.outputs, phases, strict=True)), {n: self.level[n] for n in kept})

    def _worth_keeping(self) -> list[str]:
        """Element values that scratch may pay for, in order.

        They are those that a later phase uses directly, and those that two or more of these are made from: of a value
        that only one of these is made from, keeping that one instead saves no fewer loads.
        """
        direct: dict[str, set[str]] = {name: set() for name in self.element}
        for let in reversed(self.element.values()):
            for name in refs(let.expr):
                if name in self.element:
                    later = self.level[let.name] > self.level[name]
                    direct[name] |= {name} if later else direct[let.name]
        return [n for n in self.element if n not in self.outputs and (n in direct[n] or len(direct[n]) > 1)]

    def _phase(self, number: int, plan: _Plan) -> _PhasePlan | None:
        """What one phase loads, computes and stores; None where it would need what was overwritten."""
        stored = {**plan.store_phase, **plan.scratch_phase}
        roots = [name for let in self.reductions(number) for name in refs(let.expr)]
        roots += [name for name, phase in stored.items() if phase == number]
        loads: dict[str, Access] = {}
        statements: set[str] = set()
        drawn: set[str] = set()
        pending = list(roots)
        while pending:
            name = pending.pop()
            if name in loads or name in statements:
                continue
            if stored.get(name, number) < number:
                if name in self.outputs and self.outputs[name].role is Role.PARAM:
                    return None  # the parameter may be narrower than the arithmetic, and come back rounded
                loads[name] = Access(self._tensor(name), name, self._guard(name))
            elif name in self.inputs:
                if self._overwritten(self.inputs[name], number, plan):
                    return None
                loads[name] = Access(self.inputs[name].series, name, self.inputs[name].guard)
            elif name in self.noise:
                drawn.add(name)
            elif name in self.element:
                statements.add(name)
                pending += [n for n in refs(self.element[name].expr) if n in self.fine]
        order = {name: position for position, name in enumerate((*self.inputs, *self.element))}
        stores = [n for n in (*self.outputs, *plan.scratch_phase) if stored[n] == number]
        return _PhasePlan(
            tuple(sorted(loads.values(), key=lambda a: order[a.value])),
            tuple(Access(self._tensor(n), n, self._guard(n)) for n in stores),
            frozenset(statements),
            tuple(name for name in self.noise if name in drawn),
        )

    def _tensor(self, value: str) -> str:
        return self.outputs[value].series if value in self.outputs else f"{value}_scratch"

    def _guard(self, value: str) -> Guard:
        return self.outputs[value].guard if value in self.outputs else self.element[value].guard

    def _overwritten(self, source: Input, number: int, plan: _Plan) -> bool:
        if source.role not in (Role.PARAM, Role.STATE):
            return False
        stored = [plan.store_phase[value] for value, o in self.outputs.items() if o.series == source.series]
        return any(phase < number for phase in stored)
