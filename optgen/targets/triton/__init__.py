"""The Triton kernels: the maths once as a device function, a kernel for each phase, and a launcher."""

from __future__ import annotations

from optgen.ir.nodes import Role
from optgen.ir.rates import LINES, Rate
from optgen.passes.phases import Finish
from optgen.spec.model import Kind, SpecKind
from optgen.targets.base import Unit, render
from optgen.targets.layout import call, signature
from optgen.targets.signature import (
    called,
    checks,
    coarse_arguments,
    described,
    hyper_parameters,
    imports,
    input_names,
    noise_docs,
    of_first_step,
    of_state,
    state_docs,
    state_names,
    step_parameters,
    uses_noise,
    wrapped,
)

from .blocks import Block, block
from .finish import FinishKernel, finish_kernel
from .initial import initial, point
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
    "theta": "Parameter; float32, float16 or bfloat16, contiguous, any shape, on a GPU (or on the CPU under\n"
    "            TRITON_INTERPRET=1).",
    "grad": "Gradient of the same shape and device; float32, float16 or bfloat16, contiguous.",
    "state": "From `init`; float32 tensors of the same shape and device, contiguous",
    "input": "Further tensor, of the same shape and device as `theta`; dtypes as for `grad`.",
    "init": "State before the first step: a dict of float32 tensors like `theta`.",
    "point": "Where the gradient of a step is to be taken, as a new tensor; arguments and errors as for `step_`.",
}
_TOGETHER = {
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
            **_of_functions(unit),
            **_of_kernels(unit),
            "about": wrapped(unit.spec.doc.split("\n\n")[0].replace("\n", " ")),
        }
        return {"kernel.py": render(TEMPLATE, values)}


def _of_functions(unit: Unit) -> dict[str, object]:
    """What the template needs for the heads of the functions: signatures, docstrings, and checks of arguments."""
    spec, together = unit.spec, unit.program.spans_tensors
    tensor, state = ("list[torch.Tensor]", "States") if together else ("torch.Tensor", "State")
    checked, docs, keywords = _checked(unit), _TOGETHER if together else _ONE, hyper_parameters(spec)
    theta, moment = f"theta: {tensor}", [f"state: {state}", "t: int"]
    check_point = "check_state_lists(" if together else "check_state("
    return {
        "docs": docs,
        "state_docs": state_docs(unit, docs["state"]),
        "input_docs": [*(f"{s.name}: {docs['input']}" for s in spec.of_kind(Kind.INPUT)), *noise_docs(unit)],
        "uses_noise": uses_noise(spec),
        "init_signature": signature("def init(", [theta, *keywords], f") -> {state}:"),
        "point_signature": signature("def point(", [theta, *moment, *keywords], f") -> {tensor}:"),
        "step_signature": signature(
            "def step_(", [theta, f"grad: {tensor}", *moment, *step_parameters(spec, tensor)], ") -> None:"
        ),
        "check_theta": "check_thetas" if together else "check_theta",
        "check_point": call(check_point, ["theta", *of_state(checked)], ")", indent=4),
        "check_tensors": call("check_tensor_lists(" if together else "check_tensors(", checked, ")", indent=4),
        "make_state": "lists" if together else "tensors",
        "first": "theta[0]" if together else "theta",
        "touched": "*theta" if together else "theta",
    }


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


def _checked(unit: Unit) -> list[str]:
    """The arguments of the check of all tensors."""
    spec, program = unit.spec, unit.program
    rates = {"on_host": (Rate.STEP,), "on_device": (Rate.TENSOR,)}
    if program.spans_tensors:
        rates |= {"on_device": (Rate.GLOBAL,), "each_on_device": (Rate.TENSOR,)}
    named = ["theta", "grad", "state", f"names={state_names(spec)}", *input_names(spec)]
    return [*named, *coarse_arguments(program, rates)]


def _imports(unit: Unit, device: str) -> str:
    """What is taken from the runtime, given all code of device functions."""
    spec, together = unit.spec, unit.program.spans_tensors
    names = {"check_step", "on_device", "touched"} | called(_HELPERS, device, "tl")
    names |= {"States", "check_tensor_lists", "check_thetas"} if together else {"State", "check_tensors", "check_theta"}
    names |= {VIEWS[unit.program.view]} if unit.program.view else set()
    names |= {"Domain", "check_hyper"} if spec.hypers else set()
    names |= {"check_flags"} if spec.choices else set()
    names |= {"lists" if together else "tensors"} if spec.states else set()
    if any(s.at for s in spec.of_kind(Kind.GRAD)):
        names.add("check_state_lists" if together else "check_state")
    if any(i.rate in LINES for i in unit.program.input_of(Role.STATE)):
        names.add("line_shape")
    names |= {"check_noise"} if uses_noise(spec) else set()
    return imports("launch", names)


TARGET = TritonTarget()
