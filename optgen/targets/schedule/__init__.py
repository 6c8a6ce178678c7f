"""Schedules: a NumPy function of the step, and a scheduler of torch that multiplies learning rates by it."""

from __future__ import annotations

from dataclasses import replace

from optgen.ir.nodes import Program, Role
from optgen.ir.rates import Rate
from optgen.passes.names import printed_names
from optgen.passes.rates import rates
from optgen.spec.model import SpecKind
from optgen.targets.base import Unit, render
from optgen.targets.layout import guarded, signature
from optgen.targets.numpy.printer import NumpyPrinter
from optgen.targets.signature import about, checks, described, hyper_parameters, imports, source

REFERENCE, SCHEDULER = "schedule/reference.py.j2", "schedule/scheduler.py.j2"
_USED = frozenset({"np", "math", "ieee", "check_hyper", "check_flags", "check_steps", "HYPER", "factor"})
"""Names that `factor` uses beside the spec's own."""


class ScheduleTarget:
    """Renders `reference.py` and `scheduler.py` of a schedule."""

    name = "schedule"
    kinds = frozenset({SpecKind.SCHEDULE})
    reserved: frozenset[str] = frozenset({"optimizer", "last_epoch"})

    def render(self, unit: Unit) -> dict[str, str]:
        """The texts of both."""
        spec = unit.spec
        body, result = _body(unit)
        hypers, flags = [h.name for h in spec.hypers], [f.name for f in spec.choices]
        keywords = hyper_parameters(spec)
        text = "\n".join([*body, result])
        names = {"Array", "check_steps"} | ({"Domain", "check_hyper"} if hypers else set())
        reference = {
            **described(unit, REFERENCE),
            **checks(spec),
            "about": about(spec),
            "paper": source(spec),
            "uses_math": "math." in text,
            "uses_ieee": "ieee." in text,
            "imports": imports("schedule", names | ({"check_flags"} if flags else set())),
            "signature": signature("def factor(", ["t: object", *keywords], ") -> Array:"),
            "body": body,
            "result": result,
        }
        scheduler = {
            **described(unit, SCHEDULER),
            "about": about(spec),
            "class_name": spec.class_name,
            "names": [*hypers, *flags],
            "signature": signature(
                "def __init__(",
                ["self", "optimizer: Optimizer", *(keywords or ["*"]), "last_epoch: int = -1"],
                ") -> None:",
            ),
        }
        return {"reference.py": render(REFERENCE, reference), "scheduler.py": render(SCHEDULER, scheduler)}


def _body(unit: Unit) -> tuple[list[str], str]:
    """The equations as statements over an array of steps, and the factor."""
    program = per_step(unit.program)
    known, names = rates(program), printed_names(program, _USED)
    printer = NumpyPrinter(program, names, like="t")
    lines = guarded(("", f"{names.get(let.name, let.name)} = {printer(let.expr)}") for let in program.body)
    (output,) = (o.value for o in program.outputs)
    name = names.get(output, output)
    return lines, f"np.asarray({name})" if known[output] is Rate.ELEMENT else f"np.full_like(t, {name})"


def per_step(program: Program) -> Program:
    """The same for an array of steps."""
    return replace(
        program, inputs=tuple(replace(i, rate=Rate.ELEMENT) if i.role is Role.TIME else i for i in program.inputs)
    )


TARGET = ScheduleTarget()
