"""The device function: the maths of one element, each statement once for all phases."""

from __future__ import annotations

from optgen.ir.nodes import Guard, Let, guard_text, refs
from optgen.passes.phases import Phase
from optgen.targets.layout import INDENT, call, guarded, optional

from .names import Names
from .printer import DevicePrinter

ABSENT = "0.0"
"""What stands for a value that flags switch off: before Triton 3.7, functions cannot return None."""


def update_signature(names: Names) -> str:
    """`def update(...):`."""
    lets = names.schedule.element
    constants = [f"{flag}: tl.constexpr" for flag in _flags(names)]
    constants += ["PHASE: tl.constexpr"] if names.phased else []
    scalars = map(names.name, (*names.scalars_of(lets), *names.passed_to(lets)))
    return call("def update(", [*names.values_in, *scalars, *constants], "):")


def update_body(names: Names) -> list[str]:
    """The statements; those of some phases only stand under a condition."""
    printer = DevicePrinter(names.rates, names.on_device, names.flags)
    lines = [(_when(names, let), f"{names.name(let.name)} = {printer(let.expr)}") for let in names.schedule.element]
    return guarded(lines) + _returns(names)


def _returns(names: Names) -> list[str]:
    """One return statement a phase; Triton looks at one branch only, where there is an `else`."""
    phases = [phase for phase in names.schedule.phases if results(names, phase)]
    lines: list[str] = []
    for phase in phases:
        values = ", ".join(_returned(names, name, guard) for name, guard in results(names, phase))
        if len(phases) == 1:
            return guarded([("", f"return {values}")])
        keyword = "if" if phase is phases[0] else "elif"
        lines.append("else:" if phase is phases[-1] else f"{keyword} PHASE == {phase.number}:")
        lines += [INDENT + line for line in guarded([("", f"return {values}")], indent=8)]
    return lines


def update_call(names: Names, phase: Phase) -> list[str]:
    """Arguments of the device function in a phase: None for what the phase does not have."""
    statements, lets = names.statements(phase), names.schedule.element
    there = {names.name(a.value) for a in phase.loads} | set(phase.noise)
    there |= {names.name(n) for n in (*names.scalars_of(statements), *names.passed_to(statements))}
    scalars = map(names.name, (*names.scalars_of(lets), *names.passed_to(lets)))
    wanted = [name if name in there else "None" for name in (*names.values_in, *scalars)]
    own = block_flags(names, phase)
    flags = [flag if flag in own else "False" for flag in _flags(names)]
    return [*wanted, *flags, *([f"PHASE={phase.number}"] if names.phased else [])]


def results(names: Names, phase: Phase) -> list[tuple[str, Guard]]:
    """What the device function returns in a phase, with the flags that are needed: what is stored, then reduced."""
    stored = [(a.value, a.guard) for a in phase.stores if a.value not in names.spread(phase)]
    reduced = [(name, let.guard) for let in phase.reductions for name in refs(let.expr)]
    needed: dict[str, Guard] = {}
    for name, guard in (*stored, *reduced):
        needed[name] = needed[name] & guard if name in needed else guard
    return list(needed.items())


def block_flags(names: Names, phase: Phase) -> list[str]:
    """The flags that a block of a phase depends on."""
    guards = [a.guard for a in (*phase.loads, *phase.stores)] + [let.guard for let in phase.reductions]
    return names.flags_of(names.statements(phase), guards)


def _flags(names: Names) -> list[str]:
    """The flags of the device function."""
    guards = [guard for phase in names.schedule.phases for _, guard in results(names, phase)]
    return names.flags_of(names.schedule.element, guards)


def _when(names: Names, let: Let) -> str:
    """Phases and flags under which a statement is there."""
    numbers = [phase.number for phase in names.schedule.phases if let.name in phase.statements]
    everywhere = len(numbers) == len(names.schedule.phases)
    phase = "" if everywhere else " or ".join(f"PHASE == {n}" for n in numbers)
    flags = guard_text(let.guard)
    if phase and flags:
        return f"({phase}) and {flags}" if len(numbers) > 1 else f"{phase} and {flags}"
    return phase or flags


def _returned(names: Names, value: str, guard: Guard) -> str:
    name = names.name(value)
    return optional(name, "" if name in names.values_in else guard_text(guard), ABSENT)
