"""The Triton kernels: the maths once as a device function, a kernel for each phase, and a launcher."""

from __future__ import annotations

from optgen.spec.model import Series, Spec
from optgen.targets.base import Unit, header, render, signature
from optgen.targets.signature import (
    check_flags,
    check_hyper,
    domain,
    equations,
    hyper_docs,
    hyper_parameters,
    imports,
    initial_hypers,
    state_names,
    wrapped,
)

from .parts import KernelParts
from .printer import HELPERS

TEMPLATE = "triton/kernel.py.j2"


class TritonTarget:
    """Renders `kernel.py`."""

    name = "triton"
    reserved = frozenset(
        {"tl", "triton", "torch", "n", "count", "rank", "offs", "mask", "update", "partials", "values", "numel"}
    )

    def render(self, unit: Unit) -> dict[str, str]:
        """The module's text."""
        spec, parts = unit.spec, KernelParts(unit)
        phases = parts.phases()
        update, host = parts.update_body(), parts.host_lines()
        hypers, flags = [h.name for h in spec.hypers], [f.name for f in spec.flags]
        device = "\n".join([*update, *(line for p in phases for line in (*p.block_body, *p.finish_body))])
        values = {
            "header": header(unit, TEMPLATE),
            "title": spec.title,
            "equations": equations(unit),
            "uses_math": any("math." in line for line in host),
            "imports": _imports(spec, device),
            "domains": [f'"{h.name}": {domain(h)},' for h in spec.hypers],
            "update_signature": parts.update_signature(),
            "update_body": update,
            "phases": phases,
            "init_signature": signature("def init(", ["theta: torch.Tensor", *hyper_parameters(spec)], ") -> State:"),
            "step_signature": signature(
                "def step_(",
                ["theta: torch.Tensor", "grad: torch.Tensor", "state: State", "t: int", *hyper_parameters(spec)],
                ") -> None:",
            ),
            "hyper_docs": hyper_docs(spec),
            "about": wrapped(spec.doc.split("\n\n")[0].replace("\n", " ")),
            "states": state_names(spec),
            "check_hyper": check_hyper(hypers, used=set(hypers)),
            "check_init_hyper": check_hyper(hypers, used=initial_hypers(spec)),
            "check_flags": check_flags(flags),
            "initial": [_initial(s) for s in spec.states],
            "host": host,
            "buffers": parts.buffers(),
        }
        return {"kernel.py": render(TEMPLATE, values)}


def _initial(state: Series) -> str:
    value = f"torch.full_like(theta, {state.init}, dtype=torch.float32)"
    if state.init == 0:
        value = "torch.zeros_like(theta, dtype=torch.float32)"
    return f"{state.name}={value}" + (f" if {state.only_if} else None" if state.only_if else "")


def _imports(spec: Spec, device: str) -> str:
    names = {"State", "check_step", "check_tensors", "check_theta", "on_device", "to_dtype", "touched"}
    names |= {n for n in (*HELPERS, "keep", "sum_partials", "max_partials") if f"{n}(" in device.replace(f"tl.{n}(", "")}
    names |= {"Domain", "check_hyper"} if spec.hypers else set()
    names |= {"check_flags"} if spec.flags else set()
    names |= {"tensors"} if spec.states else set()
    return imports("launch", names)


TARGET = TritonTarget()
