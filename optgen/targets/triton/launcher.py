"""The launcher: scalars in double precision on the host, buffers, and one launch after the other."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from optgen.ir.nodes import Const, Guard, Rate, Role, guard_text
from optgen.passes.phases import Phase
from optgen.passes.ranges import ranges
from optgen.spec.model import Spec
from optgen.targets.layout import call, guarded, optional

from . import finish
from .blocks import buffer_pointers, scalars, stem, tensors
from .names import Names
from .printer import HostPrinter, surely_float
from .update import block_flags


def host_lines(names: Names) -> list[str]:
    """Constant and per-step values, as Python floats."""
    printer = HostPrinter(names.rates, names.printed, ranges(names.program))
    sizes = [("", f"{names.name(i.name)} = float(n)") for i in names.program.input_of(Role.SIZE)]
    kept = names.program.coarse_states(Rate.STEP)
    sizes += [(guard_text(i.guard), f'{names.name(i.name)} = state["{i.series}"].item()') for i in kept]
    lines = [("", f"{names.name(let.name)} = {printer.statement(let.expr)}") for let in names.schedule.host]
    return guarded([*sizes, *lines])


def buffers(names: Names) -> list[str]:
    """Lines that allocate what carries values between launches."""
    reductions = max(len(phase.reductions) for phase in names.schedule.phases)
    lines = [f"{s}_scratch = torch.empty_like(theta, dtype=torch.float32)" for s in names.schedule.scratch]
    if reductions:
        partials = "count" if reductions == 1 else f"{reductions} * count"
        lines.append(f"partials = torch.empty({partials}, dtype=torch.float32, device=theta.device)")
    if names.tensor_values:
        values = len(names.tensor_values)
        lines.append(f"values = torch.empty({values}, dtype=torch.float64, device=theta.device)")
    return lines


def kept(names: Names) -> list[str]:
    """Lines that keep the new values of states that are one number on the host."""
    outputs = [o for o in names.program.outputs if o.rate is Rate.STEP]
    return guarded([(guard_text(o.guard), f'state["{o.series}"].fill_({names.name(o.value)})') for o in outputs])


def launches(names: Names, spec: Spec, phase: Phase) -> list[str]:
    """The launches of a phase's kernels."""
    as_float = partial(_as_float, names, _floats(names))
    passed = [*(_tensor(spec, name) for name in tensors(names, phase))]
    passed += [pointer.removesuffix("_ptr") for pointer in buffer_pointers(names, phase)]
    passed += map(as_float, scalars(names, phase))
    passed += ["seed", "t", "tensor"] * bool(phase.noise)
    flags = block_flags(names, phase)
    arguments = [*passed, "n", *flags, "BLOCK=BLOCK", "num_warps=WARPS"]
    launch = _launch(f"{stem(names, phase)}_kernel[(count,)](", arguments, phase.occasions)
    return [*launch, *finish_launch(names, spec, phase.number)]


def finish_launch(names: Names, spec: Spec, number: int) -> list[str]:
    """The launch of what runs once a tensor behind a phase, if anything does; 0 is before the first."""
    if not finish.needed(names, number):
        return []
    states = {names.pointer(series): _tensor(spec, series) for series in finish.states(names, number)}
    passed = [states.get(pointer, pointer.removesuffix("_ptr")) for pointer in finish.pointers(names, number)]
    as_float = partial(_as_float, names, _floats(names))
    arguments = [*passed, *map(as_float, finish.scalars(names, number)), *finish.flags(names, number)]
    arguments += ["WIDTH=BLOCK"] * bool(names.finishes[number].reductions)
    return _launch(f"{finish.finish_name(names, number)}[(1,)](", arguments, names.finishes[number].occasions)


def _launch(before: str, arguments: list[str], occasions: Iterable[Guard]) -> list[str]:
    """A launch, where the flags give it anything to do."""
    condition = " or ".join(map(guard_text, occasions))
    return guarded([(condition, call(before, arguments, ")", indent=12 if condition else 8))])


def _tensor(spec: Spec, tensor: str) -> str:
    """What the launcher passes for a pointer."""
    if tensor == spec.param.name:
        return "theta"
    if tensor == spec.grad.name:
        return "grad"
    state = next((s for s in spec.states if s.name == tensor), None)
    if state is None:
        return tensor
    return optional(f'state["{tensor}"]', state.only_if or "")


def _floats(names: Names) -> set[str]:
    """Values that are certainly Python floats: for an int, Triton would compile a kernel anew."""
    floats = {i.name for i in names.program.input_of(Role.HYPER, Role.SIZE, Role.STATE)}
    for let in names.schedule.host:
        if isinstance(let.expr, Const) or surely_float(let.expr, floats):
            floats.add(let.name)
    return floats


def _as_float(names: Names, floats: set[str], value: str) -> str:
    return names.name(value) if value in floats else f"float({names.name(value)})"
