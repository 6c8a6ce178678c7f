"""The Triton kernels: the maths once as a device function, a kernel for each phase, and a launcher."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from optgen.ir.nodes import Role
from optgen.passes.phases import Finish, Phase
from optgen.passes.ranges import ranges
from optgen.spec.model import SpecKind
from optgen.targets.base import Unit, render
from optgen.targets.host import scalar_values, scalars_function, tensor_lists
from optgen.targets.layout import call, guarded
from optgen.targets.signature import called, checks, described, imports, of_first_step, wrapped
from optgen.targets.torch_functions import functions, imported
from optgen.targets.torch_states import initial, point

from .blocks import Block, block
from .finish import FinishKernel, finish_kernel
from .launcher import VIEWS, Launcher, certain_floats
from .names import CALLED, DEVICE, LAUNCHER, Names
from .printer import HELPERS, HostPrinter
from .table import table_body, table_finish, table_jit, table_signature
from .table_launcher import TableLauncher
from .update import update_body, update_signature

TEMPLATE = "triton/kernel.py.j2"
_HELPERS: tuple[str, ...] = (
    *HELPERS,
    "address",
    "everywhere",
    "keep",
    "largest",
    "largest_along",
    "max_lines",
    "max_partials",
    "normal",
)
_HELPERS += ("sum_lines", "sum_partials", "to_dtype", "uniform")
_ONE = {
    "arithmetic": "arithmetic is in float32.",
    "unusable": "The tensors are on the CPU and Triton does not interpret.",
    "theta": "Parameter; float32, float16 or bfloat16, contiguous, any shape, on a GPU (or on the CPU under\n"
    "            TRITON_INTERPRET=1).",
    "grad": "Gradient of the same shape and device; float32, float16 or bfloat16, contiguous.",
    "state": "From `init`; float32 tensors of the same shape and device, contiguous",
    "input": "Further tensor, of the same shape and device as `theta`; dtypes as for `grad`.",
    "init": "State before the first step: a dict of float32 tensors like `theta`.",
    "point": "Where the gradient of a step is to be taken, as a new tensor; arguments and errors as for `step_`.",
}
_TOGETHER = {
    "arithmetic": "arithmetic is in float32.",
    "unusable": "The tensors are on the CPU and Triton does not interpret.",
    "theta": "Parameters that are updated together: a list of tensors of float32, float16 or bfloat16, contiguous,\n"
    "            any shapes, on one GPU (or on the CPU under TRITON_INTERPRET=1).",
    "grad": "Gradients: a list of tensors of the same shapes and device; float32, float16 or bfloat16, contiguous.",
    "state": "From `init`; lists of float32 tensors of the same shapes and device, contiguous",
    "input": "Further tensors: a list of the same shapes and device as `theta`; dtypes as for `grad`.",
    "init": "State before the first step: a dict of lists of float32 tensors like `theta`.",
    "point": "Where the gradients of a step are to be taken, as new tensors; arguments and errors as for `step_`.",
}

_MANY, _WARPS = 5, (4, 8)
"""From so many tensors on, a thread has four elements of each instead of eight: registers would spill."""


class TritonTarget:
    """Renders `kernel.py`."""

    name = "triton"
    kinds = frozenset({SpecKind.OPTIMIZER})
    reserved = CALLED | LAUNCHER | DEVICE

    def render(self, unit: Unit) -> dict[str, str]:
        """The module's text."""
        values = {
            **described(unit, TEMPLATE),
            **checks(unit.spec),
            **of_first_step(unit),
            **functions(unit, _TOGETHER if unit.program.spans_tensors else _ONE),
            **_of_kernels(unit),
            "about": wrapped(unit.spec.doc.split("\n\n")[0].replace("\n", " ")),
        }
        return {"kernel.py": render(TEMPLATE, values)}


def _of_kernels(unit: Unit) -> dict[str, object]:
    """What the template needs for the code that computes: device functions, kernels, and what launches them."""
    names = Names(unit)
    blocks = [block(names, phase) for phase in names.schedule.phases]
    finishes = {finish: finish_kernel(names, finish) for finish in names.finishes}
    update, first, moved = update_body(names), initial(names.program), point(unit.program) if unit.program.at else []
    made = _launched_alone(unit, names, finishes) if names.tiled else _launched_together(unit, names)
    blocks = (
        blocks if names.tiled else [_of_table(names, *pair) for pair in zip(blocks, names.schedule.phases, strict=True)]
    )
    each = [] if names.tiled else [table_finish(names, f) for f in names.finishes]
    bodies = [update, *(b.block_body for b in blocks), *(b.kernel_body for b in blocks)]
    bodies += [f.body for f in (*finishes.values(), *each)]
    host = [*made.pop("host_lines"), *first, *moved]
    return {
        **made,
        "imports": _imports(unit, "\n".join(line for body in bodies for line in body)),
        "uses_math": any("math." in line for line in host),
        "uses_ieee": any("ieee." in line for line in host),
        "warps": _WARPS[max(map(names.blocks_read, names.schedule.phases)) >= _MANY],
        "update_signature": update_signature(names),
        "update_body": update,
        "tiled": names.tiled,
        "scratch": len(names.schedule.scratch),
        "phases": _in_order(names, blocks, finishes),
        "initial": first,
        "point": moved,
    }


def _launched_alone(unit: Unit, names: Names, finishes: dict[Finish, FinishKernel]) -> dict[str, Any]:
    """The launches of kernels that look at the rows and columns of one tensor."""
    launcher = Launcher(names, unit.spec, finishes)
    return {
        "host_lines": launcher.host(),
        "uses_accumulate": names.together,
        "first": "theta[0]" if names.together else "theta",
        "sizes": launcher.sizes(),
        "host": launcher.host(),
        "buffers": launcher.buffers(),
        "launches": launcher.launches(),
        "kept": launcher.kept(),
        **dict.fromkeys(("scalars_signature", "returned", "batches", "numbers", "run")),
    }


def _launched_together(unit: Unit, names: Names) -> dict[str, Any]:
    """The launches of kernels that take many tensors."""
    launcher = TableLauncher(names)
    printer = HostPrinter(names.rates, names.printed, ranges(names.program))
    host = guarded(("", f"{names.name(let.name)} = {printer.statement(let.expr)}") for let in names.schedule.host)
    floats = certain_floats(names)
    values = [names.name(v) if v in floats else f"float({names.name(v)})" for v in scalar_values(names)]
    scalars, given = scalars_function(unit, names, host, values)
    flags = ", ".join(f'"{flag}": {flag}' for flag in names.flags)
    noise = ["seed"] * bool(names.program.input_of(Role.NOISE))
    scratch = ["scratch=SCRATCH"] * bool(names.schedule.scratch)
    turn = ["batch", f"{{{flags}}}", "numbers", "t", *noise]
    buffers = launcher.buffers()
    return {
        **scalars,
        "host_lines": host,
        "uses_accumulate": any("accumulate" in line for line in buffers),
        "buffers": buffers,
        "launches": launcher.launches(),
        "batches": call("batches = batches_of(", [*tensor_lists(unit, names), "block=BLOCK", *scratch], ")", indent=4),
        "numbers": call("numbers = scalars(", given, ")", indent=4),
        "run": call("launch(", [f"[Turn({', '.join(turn)}) for batch in batches]"], ")", indent=4),
        **dict.fromkeys(("first", "sizes", "kept")),
    }


def _of_table(names: Names, own: Block, phase: Phase) -> Block:
    """A phase whose kernel takes many tensors."""
    body = table_body(names, phase)
    return replace(
        own,
        jit=table_jit(names, phase),
        kernel_signature=table_signature(names, phase, body),
        kernel_body=tuple(body),
    )


def _in_order(
    names: Names, blocks: list[Block], finishes: dict[Finish, FinishKernel]
) -> list[tuple[Block | None, list[FinishKernel]]]:
    """Each phase with what runs behind it; what runs before the first has none."""
    numbers = [0, *(phase.number for phase in names.schedule.phases)]

    def kernels(finish: Finish) -> list[FinishKernel]:
        return [finishes[finish], *([] if names.tiled else [table_finish(names, finish)])]

    return [
        (block, [kernel for finish in names.schedule.behind(number) for kernel in kernels(finish)])
        for number, block in zip(numbers, (None, *blocks), strict=True)
    ]


def _imports(unit: Unit, device: str) -> str:
    """What is taken from the runtime, given all code of device functions."""
    found = imported(unit) | {"on_device", "warps"} | called(_HELPERS, device, "tl")
    found |= {VIEWS[unit.program.view]} if unit.program.view else {"BLOCKS", "Turn", "batches_of"}
    return imports("launch", found)


TARGET = TritonTarget()
