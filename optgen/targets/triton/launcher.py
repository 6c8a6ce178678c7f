"""The launcher: scalars in double precision on the host, buffers, and one launch after the other."""

from __future__ import annotations

from functools import partial

from optgen.ir.nodes import Const, Role, guard_text
from optgen.passes.ranges import ranges
from optgen.passes.schedule import Phase
from optgen.spec.model import Spec
from optgen.targets.layout import call, guarded

from .blocks import buffer_pointers, scalars, stem, tensors
from .finish import finish_flags
from .names import Names
from .printer import HostPrinter, surely_float
from .update import block_flags


def host_lines(names: Names) -> list[str]:
    """Constant and per-step values, as Python floats."""
    printer = HostPrinter(names.rates, names.printed, ranges(names.program))
    sizes = [("", f"{names.name(i.name)} = float(n)") for i in names.program.input_of(Role.SIZE)]
    lines = [("", f"{names.name(let.name)} = {printer.statement(let.expr)}") for let in names.schedule.host]
    return guarded([*sizes, *lines])


def buffers(names: Names) -> list[str]:
    """Lines that allocate what carries values between launches."""
    reductions = max(len(phase.reductions) for phase in names.schedule.phases)
    lines = [f"{s}_scratch = torch.empty_like(theta, dtype=torch.float32)" for s in names.schedule.scratch]
    if reductions:
        partials = "count" if reductions == 1 else f"{reductions} * count"
        lines.append(f"partials = torch.empty({partials}, dtype=torch.float32, device=theta.device)")
        values = len(names.tensor_values)
        lines.append(f"values = torch.empty({values}, dtype=torch.float64, device=theta.device)")
    return lines


def launches(names: Names, spec: Spec, phase: Phase) -> list[str]:
    """The launches of a phase's kernels."""
    as_float = partial(_as_float, names, _floats(names))
    passed = [*(_tensor(spec, name) for name in tensors(names, phase))]
    passed += [pointer.removesuffix("_ptr") for pointer in buffer_pointers(names, phase)]
    passed += map(as_float, scalars(names, phase))
    flags = block_flags(names, phase)
    arguments = [*passed, "n", *flags, "BLOCK=BLOCK", "num_warps=WARPS"]
    condition = " or ".join(map(guard_text, phase.occasions))
    launch = call(f"{stem(names, phase)}_kernel[(count,)](", arguments, ")", indent=12 if condition else 8)
    lines = guarded([(condition, launch)])
    if phase.reductions:
        passed = ["partials", "values", "count", *map(as_float, names.scalars_of(phase.finish))]
        arguments = [*passed, *finish_flags(names, phase), "WIDTH=BLOCK"]
        lines.append(call(f"{stem(names, phase)}_finish[(1,)](", arguments, ")", indent=8))
    return lines


def _tensor(spec: Spec, tensor: str) -> str:
    """What the launcher passes for a pointer."""
    if tensor == spec.param.name:
        return "theta"
    if tensor == spec.grad.name:
        return "grad"
    state = next((s for s in spec.states if s.name == tensor), None)
    if state is None:
        return tensor
    return f'state["{tensor}"]' + (f" if {state.only_if} else None" if state.only_if else "")


def _floats(names: Names) -> set[str]:
    """Values that are certainly Python floats: for an int, Triton would compile a kernel anew."""
    floats = {i.name for i in names.program.input_of(Role.HYPER, Role.SIZE)}
    for let in names.schedule.host:
        if isinstance(let.expr, Const) or surely_float(let.expr, floats):
            floats.add(let.name)
    return floats


def _as_float(names: Names, floats: set[str], value: str) -> str:
    return names.name(value) if value in floats else f"float({names.name(value)})"
