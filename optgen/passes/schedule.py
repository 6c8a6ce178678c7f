"""Where everything runs: on the host, per element in one or more phases, or once a tensor between phases.

A reduction has to see all elements before its result can be used, so it ends a phase: one pass over memory. What a
later phase needs again is loaded, kept in a scratch tensor, or recomputed, whichever moves the fewest bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, product

from optgen.ir.nodes import (
    ALWAYS,
    ELEMENT_ROLES,
    Guard,
    Input,
    Let,
    Output,
    Program,
    Rate,
    Reduce,
    Ref,
    Role,
    guard_text,
    refs,
)

from .rates import Rates, rates

_BYTES = 4  # float32 parameters, gradients, states and scratch: only the ratio of plans matters
_MOST_SCRATCH = 2


@dataclass(frozen=True)
class Access:
    """One tensor read or written in a phase.

    Attributes:
        tensor: Series or scratch tensor.
        value: Name of the value that is read or written.
        guard: Flags under which it happens.
    """

    tensor: str
    value: str
    guard: Guard


@dataclass(frozen=True)
class Phase:
    """One pass over memory.

    Attributes:
        number: Counted from 1.
        loads: What is read, before anything is written.
        stores: What is written.
        statements: Names of the element statements that run.
        reductions: Statements that reduce, each over an element value of this phase.
        finish: Tensor-rate statements that run once, behind this phase.
    """

    number: int
    loads: tuple[Access, ...]
    stores: tuple[Access, ...]
    statements: frozenset[str]
    reductions: tuple[Let, ...]
    finish: tuple[Let, ...]

    @property
    def occasions(self) -> tuple[Guard, ...]:
        """Guards of which one has to hold for the phase to have anything to do; none where it always has."""
        guards = {access.guard for access in self.stores} | {let.guard for let in self.reductions}
        return () if ALWAYS in guards else tuple(sorted(guards, key=guard_text))


@dataclass(frozen=True)
class Schedule:
    """A program cut into host code, element code and tensor code.

    Attributes:
        program: What was cut.
        rates: Rate of each name.
        host: Constant and per-step statements, in order; double precision.
        element: Per-element statements, in order.
        phases: The passes over memory.
        scratch: Tensors that carry a value from one phase to a later one.
    """

    program: Program
    rates: Rates
    host: tuple[Let, ...]
    element: tuple[Let, ...]
    phases: tuple[Phase, ...]
    scratch: tuple[str, ...] = ()

    def bytes_moved(self, flags: dict[str, bool]) -> int:
        """Bytes per element that all phases load and store, in float32, under the given flags."""
        active = [p for p in self.phases if not p.occasions or any(_holds(guard, flags) for guard in p.occasions)]
        accesses = [a for phase in active for a in (*phase.loads, *phase.stores)]
        return _BYTES * sum(_holds(a.guard, flags) for a in accesses)

    def bytes_least(self, flags: dict[str, bool]) -> int:
        """Bytes per element if each tensor that the update uses were read once and written once."""
        used = {name for let in self.element for name in refs(let.expr)} | {r.x.name for r in _reduces(self.program)}
        reads = sum(i.role in ELEMENT_ROLES and i.name in used and _holds(i.guard, flags) for i in self.program.inputs)
        return _BYTES * (reads + sum(_holds(o.guard, flags) for o in self.program.outputs))

    def __str__(self) -> str:
        lines = ["host", *(f"  {let}" for let in self.host)]
        for phase in self.phases:
            lines.append(f"phase {phase.number}")
            lines += [f"  load  {a.tensor} as {a.value}" for a in phase.loads]
            lines += [f"  {let}" for let in self.element if let.name in phase.statements]
            lines += [f"  store {a.value} to {a.tensor}" for a in phase.stores]
            lines += [f"  {let}" for let in phase.reductions]
            lines += [f"tensor {phase.number}", *(f"  {let}" for let in phase.finish)] if phase.finish else []
        return "\n".join(lines)


def _holds(guard: Guard, flags: dict[str, bool]) -> bool:
    return all(flags[name] is value for name, value in guard)


def _reduces(program: Program) -> Iterator[_NamedReduce]:
    for let in program.body:
        if isinstance(let.expr, Reduce) and isinstance(let.expr.x, Ref):
            yield _NamedReduce(let, let.expr.x)


@dataclass(frozen=True)
class _NamedReduce:
    let: Let
    x: Ref


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


def schedule(program: Program) -> Schedule:
    """Cut a program whose reductions and coarse parts are named statements (see `reductions` and `hoist`)."""
    known = rates(program)
    level = _levels(program, known)
    last = max(level.values(), default=0)
    cut = _Cutter(program, known, level, last)
    plan, phases = cut.best()
    finish = [let for let in program.body if known[let.name] is Rate.TENSOR and not isinstance(let.expr, Reduce)]
    reductions = list(_reduces(program))
    return Schedule(
        program,
        known,
        host=tuple(let for let in program.body if known[let.name] <= Rate.STEP),
        element=tuple(let for let in program.body if known[let.name] is Rate.ELEMENT),
        phases=tuple(
            Phase(
                number + 1,
                phase.loads,
                phase.stores,
                phase.statements,
                tuple(r.let for r in reductions if level[r.x.name] == number),
                tuple(let for let in finish if level[let.name] == number + 1),
            )
            for number, phase in enumerate(phases)
        ),
        scratch=tuple(plan.scratch_phase),
    )


def _levels(program: Program, known: Rates) -> dict[str, int]:
    """How many reductions have to be over before each value can be computed."""
    level = {i.name: 0 for i in program.inputs}
    for let in program.body:
        before = max((level[name] for name in refs(let.expr)), default=0)
        level[let.name] = before + isinstance(let.expr, Reduce) if known[let.name] >= Rate.TENSOR else 0
    return level


class _Cutter:
    """Tries the ways to cut a program into phases and counts their bytes."""

    def __init__(self, program: Program, known: Rates, level: dict[str, int], last: int) -> None:
        self.program, self.level, self.last = program, level, last
        self.element = {let.name: let for let in program.body if known[let.name] is Rate.ELEMENT}
        self.inputs = {i.name: i for i in program.inputs if i.role in ELEMENT_ROLES}
        self.outputs = {o.value: o for o in program.outputs}
        self.roots = [[r.x.name for r in _reduces(program) if level[r.x.name] == p] for p in range(last + 1)]

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
        ranges = [range(self.level.get(o.value, 0), self.last + 1) for o in self.program.outputs]
        values = [o.value for o in self.program.outputs]
        candidates = self._worth_keeping()
        for phases in product(*ranges):
            for count in range(_MOST_SCRATCH + 1 if self.last else 1):
                for kept in combinations(candidates, count):
                    yield _Plan(dict(zip(values, phases, strict=True)), {n: self.level[n] for n in kept})

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
        roots = [*self.roots[number], *(name for name, phase in stored.items() if phase == number)]
        loads: dict[str, Access] = {}
        statements: set[str] = set()
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
            elif name in self.element:
                statements.add(name)
                pending += [n for n in refs(self.element[name].expr) if n in self.inputs or n in self.element]
        order = {name: position for position, name in enumerate((*self.inputs, *self.element))}
        stores = [n for n in (*self.outputs, *plan.scratch_phase) if stored[n] == number]
        return _PhasePlan(
            tuple(sorted(loads.values(), key=lambda a: order[a.value])),
            tuple(Access(self._tensor(n), n, self._guard(n)) for n in stores),
            frozenset(statements),
        )

    def _tensor(self, value: str) -> str:
        return self.outputs[value].series if value in self.outputs else f"{value}_scratch"

    def _guard(self, value: str) -> Guard:
        return self.outputs[value].guard if value in self.outputs else self.element[value].guard

    def _overwritten(self, source: Input, number: int, plan: _Plan) -> bool:
        if source.role not in (Role.PARAM, Role.STATE):
            return False
        output = self._output(source.series)
        return plan.store_phase[output.value] < number

    def _output(self, series: str) -> Output:
        return next(o for o in self.program.outputs if o.series == series)
