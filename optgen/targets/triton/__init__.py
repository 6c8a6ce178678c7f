"""The Triton kernels: the maths once as a device function, a kernel for each phase, and a launcher."""

from __future__ import annotations

from dataclasses import replace

from optgen.ir.nodes import Role
from optgen.passes.phases import Finish, Phase
from optgen.spec.model import SpecKind
from optgen.targets.base import Unit, render
from optgen.targets.flow import VIEWS
from optgen.targets.host import tensor_lists, tuple_of
from optgen.targets.layout import call
from optgen.targets.signature import called, checks, described, imports, of_first_step, wrapped
from optgen.targets.torch_functions import functions, imported
from optgen.targets.torch_states import initial, point

from .blocks import Block, block
from .finish import FinishKernel, finish_kernel
from .names import CALLED, DEVICE, LAUNCHER, Names
from .printer import HELPERS
from .scalars import scalars_kernel
from .table import table_body, table_finish, table_jit, table_signature
from .table_launcher import TableLauncher
from .tile_launcher import TileLauncher
from .update import update_body, update_signature

TEMPLATE = "triton/kernel.py.j2"
_HELPERS: tuple[str, ...] = (
    *HELPERS,
    "address",
    "as_tensor",
    "begin_step",
    "everywhere",
    "goes",
    "grad_factor_of",
    "keep",
    "largest",
    "largest_along",
    "max_lines",
    "max_partials",
    "normal",
)
_HELPERS += ("step_of", "sum_lines", "sum_partials", "to_dtype", "uniform")
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
    step, launcher = scalars_kernel(names), TileLauncher(names, finishes) if names.tiled else TableLauncher(names)
    if not names.tiled:
        blocks = [_of_table(names, *pair) for pair in zip(blocks, names.schedule.phases, strict=True)]
    each = [] if names.tiled else [table_finish(names, f) for f in names.finishes]
    bodies = [update, step.body, *(b.block_body for b in blocks), *(b.kernel_body for b in blocks)]
    bodies += [f.body for f in (*finishes.values(), *each)]
    host, buffers = [*first, *moved], launcher.buffers()
    return {
        "imports": _imports(unit, "\n".join(line for body in bodies for line in body)),
        "uses_math": any("math." in line for line in host),
        "uses_ieee": any("ieee." in line for line in host),
        "uses_accumulate": any("accumulate" in line for line in buffers),
        "warps": _WARPS[max(map(names.blocks_read, names.schedule.phases)) >= _MANY],
        "update_signature": update_signature(names),
        "update_body": update,
        "scalars": step,
        "tiled": names.tiled,
        "view": VIEWS[unit.program.view] if unit.program.view else "",
        "scratch": len(names.schedule.scratch),
        "phases": _in_order(names, blocks, finishes),
        "initial": first,
        "point": moved,
        "buffers": buffers,
        "launches": launcher.launches(),
        **_calls(unit, names, step.given),
    }


def _calls(unit: Unit, names: Names, given: list[str]) -> dict[str, str]:
    """What the function for a single step calls: batches of its tensors, and their launches."""
    shape = ["view=VIEW"] if names.tiled else ["scratch=SCRATCH"] * bool(names.schedule.scratch)
    batches = f"batches = {'tile_batches_of' if names.tiled else 'batches_of'}("
    flags = ", ".join(f'"{flag}": {flag}' for flag in names.flags)
    noise = ["seed"] * bool(names.program.input_of(Role.NOISE))
    turn = ", ".join(["batch", f"{{{flags}}}", tuple_of(given) if given else "()", "t", *noise])
    return {
        "given": tuple_of([f'"{name}"' for name in given]) if given else "()",
        "batches": call(batches, [*tensor_lists(unit, names), *shape, "block=BLOCK"], ")", indent=4),
        "run": call("launch(", [f"[single_turn({turn}) for batch in batches]"], ")", indent=4),
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
    found = imported(unit) | {"Turn", "on_device", "single_turn", "warps"} | called(_HELPERS, device, "tl")
    view = unit.program.view
    found |= {VIEWS[view], "entries_of", "goes", "tile_batches_of"} if view else {"BLOCKS", "batches_of"}
    if not view and any(phase.reductions for phase in unit.batch.phases):
        found |= {"Partials", "joined"}
    return imports("launch", found)


TARGET = TritonTarget()
