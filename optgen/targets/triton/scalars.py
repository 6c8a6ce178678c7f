"""What is computed once a step: a kernel of one program, which counts the step, and where the others find it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from optgen.ir.nodes import Const, Expr, Input, Ref, Role, Select, guard_text, refs
from optgen.targets.layout import call, guarded

from .names import Names
from .printer import FinishPrinter

FIRST = 2
"""Where scalars begin in their buffer, behind whether the step is made at all, and its number."""


@dataclass(frozen=True)
class ScalarsKernel:
    """The kernel as the template lays it out.

    Attributes:
        given: Names of the hyper-parameters that it takes, in order; the factor of gradients follows.
        signature: `def ...:` line.
        body: Its lines.
    """

    given: list[str]
    signature: str
    body: list[str]


def scalars_kernel(names: Names) -> ScalarsKernel:
    """The kernel that computes what is the same for all tensors of a step."""
    given = hypers(names)
    (factor,) = names.program.input_of(Role.SCALE)
    flags = scalar_flags(names)
    arguments = ["given_ptr", "steps_ptr", "scale_ptr", "found_ptr", "scalars_ptr", "count"]
    arguments += [f"{flag}: tl.constexpr" for flag in flags]
    lines = [("", f"{names.name(i.name)} = tl.load(given_ptr + {place})") for place, i in enumerate(given)]
    taken = {*names.scalars, *(name for let in names.schedule.host for name in refs(let.expr))}
    counted = [f"{names.name(i.name)} = " for i in names.program.input_of(Role.TIME) if i.name in taken]
    lines += [
        ("", f"{''.join(counted)}begin_step(steps_ptr, found_ptr, scalars_ptr, count)"),
        ("", f"{names.name(factor.name)} = grad_factor_of(given_ptr + {len(given)}, scale_ptr)"),
        *_statements(names),
    ]
    body = guarded(lines)
    return ScalarsKernel([i.series for i in given], call("def scalars_kernel(", arguments, "):"), body)


def _statements(names: Names) -> list[tuple[str, str]]:
    """All that is computed, and stores of what other kernels take."""
    printer = FinishPrinter(names.rates, names.on_device, names.flags)
    constant = set[str]()
    for let in names.schedule.host:
        if _is_constant(let.expr, constant, names.flags):
            constant.add(let.name)
    lines = [(guard_text(let.guard), f"{names.name(let.name)} = {printer(let.expr)}") for let in names.schedule.host]
    guards = {let.name: let.guard for let in names.schedule.host}
    for value in names.scalars:
        text = f"double({names.name(value)})" if value in constant else names.name(value)
        guard = guard_text(guards[value]) if value in guards else ""
        lines.append((guard, f"tl.store(scalars_ptr + {place_of(names, value)}, {text})"))
    return lines


def _is_constant(expr: Expr, constant: set[str], flags: Iterable[str]) -> bool:
    """Whether the compiler may take a value for a constant, of which a store would keep seven digits."""
    match expr:
        case Const():
            return True
        case Ref(name):
            return name in constant
        case Select(condition, a, b) if set(flags).issuperset(refs(condition)):
            return _is_constant(a, constant, flags) or _is_constant(b, constant, flags)
    return all(name in constant for name in refs(expr))


def hypers(names: Names) -> list[Input]:
    """The hyper-parameters that are needed, in the order of declaration."""
    used = {name for let in names.schedule.host for name in refs(let.expr)} | set(names.scalars)
    return [i for i in names.program.input_of(Role.HYPER) if i.name in used]


def scalar_flags(names: Names) -> list[str]:
    """The flags that the kernel depends on."""
    return names.flags_of(names.schedule.host, [let.guard for let in names.schedule.host])


def place_of(names: Names, value: str) -> int:
    """Where a scalar stands in the buffer."""
    return FIRST + names.scalars.index(value)


def loads(names: Names, values: Iterable[str], *, single: bool) -> list[str]:
    """Lines that look scalars up.

    Args:
        names: Names and places of all values.
        values: Which.
        single: In float32 instead of float64.
    """
    shortened = ".to(tl.float32)" if single else ""
    return [
        f"{names.name(v)} = tl.load(scalars_ptr + {place_of(names, v)}){shortened}"
        for v in values
        if v in names.scalars
    ]


def buffer(names: Names) -> list[str]:
    """The line that allocates one for each batch, each beginning at a multiple of 16 bytes."""
    count = FIRST + len(names.scalars)
    shape = f"len(turns), {count + count % 2}"
    return [f"scalars = torch.empty({shape}, dtype=torch.float64, device=device).unbind()"]
