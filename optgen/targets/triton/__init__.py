"""The Triton kernels: the maths once as a device function, a kernel for each phase, and a launcher."""

from __future__ import annotations

from optgen.spec.model import Kind, Series, Spec
from optgen.targets.base import Unit, header, render
from optgen.targets.layout import call, signature
from optgen.targets.signature import (
    check_flags,
    check_hyper,
    domain,
    equations,
    hyper_docs,
    hyper_parameters,
    imports,
    initial_hypers,
    input_names,
    laid_out,
    quoted,
    state_names,
    step_parameters,
    wrapped,
)

from .blocks import block
from .finish import finish
from .launcher import buffers, host_lines, launches
from .names import CALLED, DEVICE, LAUNCHER, Names
from .printer import HELPERS
from .update import update_body, update_signature

TEMPLATE = "triton/kernel.py.j2"
_TENSORS = ("theta: torch.Tensor", "grad: torch.Tensor")
_HELPERS = (*HELPERS, "everywhere", "keep", "largest", "max_partials", "sum_partials", "to_dtype")


class TritonTarget:
    """Renders `kernel.py`."""

    name = "triton"
    reserved = CALLED | LAUNCHER | DEVICE

    def render(self, unit: Unit) -> dict[str, str]:
        """The module's text."""
        spec, names = unit.spec, Names(unit)
        host, update = host_lines(names), update_body(names)
        blocks = [block(names, phase) for phase in names.schedule.phases]
        finishes = [finish(names, phase) for phase in names.schedule.phases]
        device = [*update, *(line for b in blocks for line in b.block_body)]
        device += [line for f in finishes if f for line in f.body]
        hypers = [h.name for h in spec.hypers]
        checked = ["theta", "grad", "state", f"names={state_names(spec)}", *input_names(spec)]
        values = {
            "header": header(unit, TEMPLATE),
            "title": quoted(spec.title),
            "about": wrapped(spec.doc.split("\n\n")[0].replace("\n", " ")),
            "equations": laid_out(equations(unit)),
            "imports": _imports(spec, "\n".join(device)),
            "uses_math": any("math." in line for line in host),
            "uses_ieee": any("ieee." in line for line in host),
            "domains": [f'"{h.name}": {domain(h)},' for h in spec.hypers],
            "update_signature": update_signature(names),
            "update_body": update,
            "phases": list(zip(blocks, finishes, strict=True)),
            "init_signature": signature("def init(", ["theta: torch.Tensor", *hyper_parameters(spec)], ") -> State:"),
            "step_signature": signature(
                "def step_(",
                [*_TENSORS, "state: State", "t: int", *step_parameters(spec, "torch.Tensor")],
                ") -> None:",
            ),
            "input_docs": [
                f"{s.name}: Further tensor, of the same shape and device as `theta`; dtypes as for `grad`."
                for s in spec.of_kind(Kind.INPUT)
            ],
            "hyper_docs": hyper_docs(spec),
            "check_tensors": call("check_tensors(", checked, ")", indent=4),
            "check_hyper": check_hyper(hypers, used=set(hypers)),
            "check_init_hyper": check_hyper(hypers, used=initial_hypers(spec)),
            "check_flags": check_flags([f.name for f in spec.flags]),
            "initial": [_initial(s) for s in spec.states],
            "host": host,
            "buffers": buffers(names),
            "launches": [line for phase in names.schedule.phases for line in launches(names, spec, phase)],
        }
        return {"kernel.py": render(TEMPLATE, values)}


def _initial(state: Series) -> str:
    value = f"torch.full_like(theta, {state.init}, dtype=torch.float32)"
    if state.init == 0:
        value = "torch.zeros_like(theta, dtype=torch.float32)"
    return f"{state.name}={value}" + (f" if {state.only_if} else None" if state.only_if else "")


def _imports(spec: Spec, device: str) -> str:
    names = {"State", "check_step", "check_tensors", "check_theta", "on_device", "touched"}
    names |= {n for n in _HELPERS if f"{n}(" in device.replace(f"tl.{n}(", "")}
    names |= {"Domain", "check_hyper"} if spec.hypers else set()
    names |= {"check_flags"} if spec.flags else set()
    names |= {"tensors"} if spec.states else set()
    return imports("launch", names)


TARGET = TritonTarget()
