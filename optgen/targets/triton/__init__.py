"""The Triton kernels: the maths once as a device function, a kernel for each phase, and a launcher."""

from __future__ import annotations

from optgen.passes.phases import Finish
from optgen.spec.model import SpecKind
from optgen.targets.base import Unit, render
from optgen.targets.signature import called, checks, described, imports, of_first_step, wrapped
from optgen.targets.torch_functions import functions, imported
from optgen.targets.torch_states import initial, point

from .blocks import Block, block
from .finish import FinishKernel, finish_kernel
from .launcher import VIEWS, Launcher
from .names import CALLED, DEVICE, LAUNCHER, Names
from .printer import HELPERS
from .update import update_body, update_signature

TEMPLATE = "triton/kernel.py.j2"
_HELPERS: tuple[str, ...] = (
    *HELPERS,
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
    launcher, update, first = Launcher(names, unit.spec, finishes), update_body(names), initial(unit.program)
    host = launcher.host()
    bodies = [update, *(b.block_body for b in blocks), *(f.body for f in finishes.values())]
    return {
        "imports": _imports(unit, "\n".join(line for body in bodies for line in body)),
        "uses_accumulate": names.together,
        "first": "theta[0]" if names.together else "theta",
        "uses_math": any("math." in line for line in (*host, *first)),
        "uses_ieee": any("ieee." in line for line in (*host, *first)),
        "warps": _WARPS[max(map(names.blocks_read, names.schedule.phases)) >= _MANY],
        "update_signature": update_signature(names),
        "update_body": update,
        "tiled": names.tiled,
        "phases": _in_order(names, blocks, finishes),
        "initial": first,
        "point": point(unit.program) if unit.program.at else [],
        "sizes": launcher.sizes(),
        "host": host,
        "buffers": launcher.buffers(),
        "launches": launcher.launches(),
        "kept": launcher.kept(),
    }


def _in_order(
    names: Names, blocks: list[Block], finishes: dict[Finish, FinishKernel]
) -> list[tuple[Block | None, list[FinishKernel]]]:
    """Each phase with what runs behind it; what runs before the first has none."""
    numbers = [0, *(phase.number for phase in names.schedule.phases)]
    return [
        (block, [finishes[finish] for finish in names.schedule.behind(number)])
        for number, block in zip(numbers, (None, *blocks), strict=True)
    ]


def _imports(unit: Unit, device: str) -> str:
    """What is taken from the runtime, given all code of device functions."""
    names = imported(unit) | {"on_device"} | called(_HELPERS, device, "tl")
    return imports("launch", names | ({VIEWS[unit.program.view]} if unit.program.view else set()))


TARGET = TritonTarget()
