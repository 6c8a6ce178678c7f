"""What a schedule is made of: host code, passes over memory, and what is coarser than an element between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optgen.ir.nodes import (
    ALWAYS,
    Guard,
    Let,
    Output,
    Program,
    Reduce,
    Ref,
    guard_text,
    refs,
)
from optgen.ir.rates import Rate

from .rates import Rates

_BYTES = 4  # float32 parameters, gradients, states and scratch: only the ratio of plans matters


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
    """What is computed at one of the rates between step and element, between passes over memory.

    Attributes:
        behind: Number of the phase that it runs behind; 0 is before the first.
        rate: How often: once for all tensors, once a tensor, or for each row or column.
        reductions: Statements that complete the reductions of that phase, or reduce lines of an earlier finish.
        statements: Statements that follow from them, and from states of that rate.
        keeps: States of that rate whose new values are stored here: no later launch needs the old ones.
    """

    behind: int
    rate: Rate
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
        reductions: What its elements are reduced to; a finish behind completes each.
    """

    number: int
    loads: tuple[Access, ...]
    stores: tuple[Access, ...]
    statements: frozenset[str]
    reductions: tuple[Let, ...] = ()
    noise: tuple[str, ...] = ()

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
        phases: The passes over memory.
        finishes: What runs between them, in order; none has nothing to do.
        scratch: Tensors that carry a value from one phase to a later one.
    """

    program: Program
    rates: Rates
    host: tuple[Let, ...]
    element: tuple[Let, ...]
    phases: tuple[Phase, ...]
    finishes: tuple[Finish, ...] = ()
    scratch: tuple[str, ...] = ()

    def bytes_moved(self, flags: dict[str, bool]) -> int:
        """Bytes per element that all phases load and store, in float32, under the given flags."""
        active = [p for p in self.phases if not p.occasions or any(_holds(guard, flags) for guard in p.occasions)]
        accesses = [a for phase in active for a in (*phase.loads, *phase.stores)]
        return _BYTES * sum(_holds(a.guard, flags) for a in accesses)

    def bytes_least(self, flags: dict[str, bool]) -> int:
        """Bytes per element if each tensor that the update uses were read once and written once."""
        used = {name for let in self.element for name in refs(let.expr)}
        used |= {r.x.name for r in named_reductions(self.program)}  # of a norm of the parameter, the parameter
        reads = sum(i.name in used and _holds(i.guard, flags) for i in self.program.tensors())
        writes = sum(o.rate is Rate.ELEMENT and _holds(o.guard, flags) for o in self.program.outputs)
        return _BYTES * (reads + writes)

    def __str__(self) -> str:
        lines = ["host", *(f"  {let}" for let in self.host)]
        lines += self._lines_behind(0)
        for phase in self.phases:
            lines.append(f"phase {phase.number}")
            lines += [f"  load  {a.tensor} as {a.value}" for a in phase.loads]
            lines += [f"  draw  {name}" for name in phase.noise]
            lines += [f"  {let}" for let in self.element if let.name in phase.statements]
            lines += [f"  store {a.value} to {a.tensor}" for a in phase.stores]
            lines += self._lines_behind(phase.number)
        return "\n".join(lines)

    def behind(self, number: int) -> tuple[Finish, ...]:
        """What runs behind a phase, in order; 0 is before the first."""
        return tuple(finish for finish in self.finishes if finish.behind == number)

    def _lines_behind(self, number: int) -> list[str]:
        lines = []
        for finish in self.behind(number):
            if finish.lets:
                lines += [f"{finish.rate.name.lower()} {number}", *(f"  {let}" for let in finish.lets)]
        return lines


def _holds(guard: Guard, flags: dict[str, bool]) -> bool:
    return all(flags[name] is value for name, value in guard)


def named_reductions(program: Program) -> Iterator[NamedReduce]:
    """The reductions of a program, each of a value that has a name."""
    for let in program.body:
        if isinstance(let.expr, Reduce) and isinstance(let.expr.x, Ref):
            yield NamedReduce(let, let.expr.x)


@dataclass(frozen=True)
class NamedReduce:
    """A reduction's statement, and what it reduces."""

    let: Let
    x: Ref
