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
class Finish:
    """What is computed once a tensor, between passes over memory.

    Attributes:
        reductions: Statements that complete the reductions of the phase before.
        statements: Statements that follow from them, and from states that are one number a tensor.
        keeps: States of tensor rate whose new values are stored here: no later launch needs the old ones.
    """

    reductions: tuple[Let, ...] = ()
    statements: tuple[Let, ...] = ()
    keeps: tuple[Output, ...] = ()

    @property
    def lets(self) -> tuple[Let, ...]:
        """All statements, in order."""
        return (*self.reductions, *self.statements)

    @property
    def occasions(self) -> tuple[Guard, ...]:
        """Guards of which one has to hold for anything to be done; none where something always is."""
        return _occasions({let.guard for let in self.lets} | {output.guard for output in self.keeps})


@dataclass(frozen=True)
class Phase:
    """One pass over memory.

    Attributes:
        number: Counted from 1.
        loads: What is read, before anything is written.
        noise: Random numbers that are drawn.
        stores: What is written.
        statements: Names of the element statements that run.
        finish: What runs once a tensor behind this phase; each of its reductions is over an element value of the phase.
    """

    number: int
    loads: tuple[Access, ...]
    stores: tuple[Access, ...]
    statements: frozenset[str]
    finish: Finish
    noise: tuple[str, ...] = ()

    @property
    def reductions(self) -> tuple[Let, ...]:
        """What the elements of this phase are reduced to."""
        return self.finish.reductions

    @property
    def occasions(self) -> tuple[Guard, ...]:
        """Guards of which one has to hold for the phase to have anything to do; none where it always has."""
        return _occasions({access.guard for access in self.stores} | {let.guard for let in self.reductions})


def _occasions(guards: set[Guard]) -> tuple[Guard, ...]:
    return () if ALWAYS in guards else tuple(sorted(guards, key=guard_text))


@dataclass(frozen=True)
class Schedule:
    """A program cut into host code, element code and tensor code.

    Attributes:
        program: What was cut.
        rates: Rate of each name.
        host: Constant and per-step statements, in order; double precision.
        element: Per-element statements, in order.
        prepare: What runs once a tensor before the first phase.
        phases: The passes over memory.
        scratch: Tensors that carry a value from one phase to a later one.
    """

    program: Program
    rates: Rates
    host: tuple[Let, ...]
    element: tuple[Let, ...]
    prepare: Finish
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
        reads = sum(i.name in used and _holds(i.guard, flags) for i in self.program.tensors())
        writes = sum(o.rate is Rate.ELEMENT and _holds(o.guard, flags) for o in self.program.outputs)
        return _BYTES * (reads + writes)

    def __str__(self) -> str:
        lines = ["host", *(f"  {let}" for let in self.host)]
        lines += ["tensor 0", *(f"  {let}" for let in self.prepare.lets)] if self.prepare.lets else []
        for phase in self.phases:
            lines.append(f"phase {phase.number}")
            lines += [f"  load  {a.tensor} as {a.value}" for a in phase.loads]
            lines += [f"  draw  {name}" for name in phase.noise]
            lines += [f"  {let}" for let in self.element if let.name in phase.statements]
            lines += [f"  store {a.value} to {a.tensor}" for a in phase.stores]
            lines += [f"tensor {phase.number}", *(f"  {let}" for let in phase.finish.lets)] if phase.finish.lets else []
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
    noise: tuple[str, ...]


def schedule(program: Program) -> Schedule:
    """Cut a program whose reductions and coarse parts are named statements (see `reductions` and `hoist`)."""
    known = rates(program)
    level = _levels(program, known)
    fine = [let.name for let in program.body if known[let.name] is Rate.ELEMENT]
    stored = [o.value for o in program.outputs if o.rate is Rate.ELEMENT]
    last = max((level[name] for name in (*fine, *stored)), default=0)
    cut = _Cutter(program, known, level, last)
    plan, phases = cut.best()
    prepare, *finishes = _finishes(program, known, level, last)
    return Schedule(
        program,
        known,
        host=tuple(let for let in program.body if known[let.name] <= Rate.STEP),
        element=tuple(let for let in program.body if known[let.name] is Rate.ELEMENT),
        prepare=prepare,
        phases=tuple(
            Phase(number, phase.loads, phase.stores, phase.statements, finish, phase.noise)
            for number, (phase, finish) in enumerate(zip(phases, finishes, strict=True), start=1)
        ),
        scratch=tuple(plan.scratch_phase),
    )


def _finishes(program: Program, known: Rates, level: dict[str, int], last: int) -> list[Finish]:
    """What is computed once a tensor: before the first phase, and behind each."""
    reductions = {r.let.name: level[r.x.name] + 1 for r in _reduces(program)}
    coarse = [let for let in program.body if known[let.name] is Rate.TENSOR]
    kept_at = {o.series: max(level[o.value], _last_use(program, known, level, o)) for o in program.outputs}
    return [
        Finish(
            tuple(let for let in coarse if reductions.get(let.name) == number),
            tuple(let for let in coarse if let.name not in reductions and level[let.name] == number),
            tuple(o for o in program.outputs if o.rate is Rate.TENSOR and kept_at[o.series] == number),
        )
        for number in range(last + 2)
    ]


def _last_use(program: Program, known: Rates, level: dict[str, int], output: Output) -> int:
    """The level at which the old value of a state is needed for the last time once a tensor."""
    old = next((i.name for i in program.input_of(Role.STATE) if i.series == output.series), "")
    users = (let.name for let in program.body if known[let.name] is Rate.TENSOR and old in refs(let.expr))
    return max(map(level.__getitem__, users), default=0)


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
        self.inputs = {i.name: i for i in program.tensors()}
        self.noise = [i.name for i in program.input_of(Role.NOISE)]
        self.outputs = {o.value: o for o in program.outputs if o.rate is Rate.ELEMENT}
        self.fine = {*self.inputs, *self.noise, *self.element}
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
        roots = [*self.roots[number], *(name for name, phase in stored.items() if phase == number)]
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
