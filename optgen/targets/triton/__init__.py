"""The Triton kernels: the maths once as a device function, a kernel for each phase, and a launcher."""

from __future__ import annotations

from optgen.ir.nodes import Rate
from optgen.spec.model import Kind, Spec, SpecKind
from optgen.targets.base import Unit, render
from optgen.targets.layout import call, signature
from optgen.targets.signature import (
    NOISE_DOCS,
    called,
    checks,
    described,
    hyper_parameters,
    imports,
    input_names,
    of_first_step,
    of_state,
    one_number,
    state_names,
    step_parameters,
    uses_noise,
    wrapped,
)

from .blocks import block
from .finish import finish_kernel
from .initial import initial, point
from .launcher import buffers, finish_launch, host_lines, kept, launches
from .names import CALLED, DEVICE, LAUNCHER, Names
from .printer import HELPERS
from .update import update_body, update_signature

TEMPLATE = "triton/kernel.py.j2"
_TENSORS = ("theta: torch.Tensor", "grad: torch.Tensor")
_HELPERS = (*HELPERS, "everywhere", "keep", "largest", "max_partials", "normal", "sum_partials", "to_dtype", "uniform")

_MANY, _WARPS = 5, (4, 8)
"""From so many tensors on, a thread has four elements of each instead of eight: registers would spill."""


class TritonTarget:
    """Renders `kernel.py`."""

    name = "triton"
    kinds = frozenset({SpecKind.OPTIMIZER})
    reserved = CALLED | LAUNCHER | DEVICE

    def render(self, unit: Unit) -> dict[str, str]:
        """The module's text."""
        spec, names = unit.spec, Names(unit)
        host, update, first = host_lines(names), update_body(names), initial(unit.program)
        blocks = [block(names, phase) for phase in names.schedule.phases]
        prepare, *finishes = [finish_kernel(names, number) for number in range(len(blocks) + 1)]
        device = [*update, *(line for b in blocks for line in b.block_body)]
        device += [line for f in (prepare, *finishes) if f for line in f.body]
        checked = ["theta", "grad", "state", f"names={state_names(spec)}", *input_names(spec)]
        for keyword, rate in (("on_host", Rate.STEP), ("on_device", Rate.TENSOR)):
            if unit.program.coarse_states(rate):
                checked.append(f"{keyword}={one_number(unit.program, rate)}")
        values = {
            **described(unit, TEMPLATE),
            **checks(spec),
            **of_first_step(unit),
            "about": wrapped(spec.doc.split("\n\n")[0].replace("\n", " ")),
            "imports": _imports(spec, "\n".join(device)),
            "uses_math": any("math." in line for line in (*host, *first)),
            "uses_ieee": any("ieee." in line for line in (*host, *first)),
            "warps": _WARPS[max(len(phase.loads) for phase in names.schedule.phases) >= _MANY],
            "update_signature": update_signature(names),
            "update_body": update,
            "prepare": prepare,
            "phases": list(zip(blocks, finishes, strict=True)),
            "init_signature": signature("def init(", ["theta: torch.Tensor", *hyper_parameters(spec)], ") -> State:"),
            "point": point(unit.program) if unit.program.at else [],
            "point_signature": signature(
                "def point(",
                ["theta: torch.Tensor", "state: State", "t: int", *hyper_parameters(spec)],
                ") -> torch.Tensor:",
            ),
            "check_point": call("check_state(", ["theta", *of_state(checked)], ")", indent=4),
            "step_signature": signature(
                "def step_(",
                [*_TENSORS, "state: State", "t: int", *step_parameters(spec, "torch.Tensor")],
                ") -> None:",
            ),
            "input_docs": [
                f"{s.name}: Further tensor, of the same shape and device as `theta`; dtypes as for `grad`."
                for s in spec.of_kind(Kind.INPUT)
            ]
            + (NOISE_DOCS if uses_noise(spec) else []),
            "uses_noise": uses_noise(spec),
            "check_tensors": call("check_tensors(", checked, ")", indent=4),
            "initial": first,
            "host": host,
            "buffers": buffers(names),
            "launches": [
                *finish_launch(names, spec, 0),
                *(line for phase in names.schedule.phases for line in launches(names, spec, phase)),
            ],
            "kept": kept(names),
        }
        return {"kernel.py": render(TEMPLATE, values)}


def _imports(spec: Spec, device: str) -> str:
    names = {"State", "check_step", "check_tensors", "check_theta", "on_device", "touched"}
    names |= called(_HELPERS, device, "tl")
    names |= {"Domain", "check_hyper"} if spec.hypers else set()
    names |= {"check_flags"} if spec.choices else set()
    names |= {"tensors"} if spec.states else set()
    names |= {"check_state"} if any(s.at for s in spec.of_kind(Kind.GRAD)) else set()
    names |= {"check_noise"} if uses_noise(spec) else set()
    return imports("launch", names)


TARGET = TritonTarget()
