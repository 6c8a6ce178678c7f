"""What `list` and `show` know of an optimizer, as plain values; what is printed is made from nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from optgen.ir.nodes import Let, guard_text
from optgen.passes.rates import rates
from optgen.passes.schedule import Access, Phase, Schedule
from optgen.spec.model import HyperParameter, Series, Spec
from optgen.targets import targets
from optgen.targets.base import Unit
from optgen.targets.printer import EquationPrinter
from optgen.targets.signature import bounds, equations

Facts = dict[str, Any]

KIND = "optimizer"


def overview(unit: Unit) -> Facts:
    """What `list` tells."""
    spec = unit.spec
    return {
        "name": spec.name,
        "class": spec.class_name,
        "title": spec.title,
        "paper": spec.paper,
        "kind": KIND,
        "hyper": [_hyper(h) for h in spec.hypers],
        "flags": [{"name": f.name, "default": f.default, "doc": f.doc} for f in spec.flags],
        "states": [_state(s) for s in spec.states],
        "targets": [target.name for target in targets()],
        "minimum_bytes_per_element": unit.schedule.bytes_least(_defaults(spec)),
    }


def details(unit: Unit) -> Facts:
    """What `show` tells."""
    spec, program = unit.spec, unit.program
    printed = Printed(unit)
    return overview(unit) | {
        "doc": spec.doc,
        "source": unit.source,
        "line": spec.location.line,
        "equations": equations(unit),
        "rates": {printed.name(name): rate.name.lower() for name, rate in rates(program).items()},
        "host": printed.statements(unit.schedule.host),
        "phases": [printed.phase(phase, unit.schedule) for phase in unit.schedule.phases],
        "scratch": list(unit.schedule.scratch),
        "bytes_per_element": _bytes(unit),
    }


class Printed:
    """Names and statements of a schedule, as a reader of the spec knows them.

    Args:
        unit: The optimizer.
    """

    def __init__(self, unit: Unit) -> None:
        series = {s.name for s in unit.spec.series}
        self._names = {i.name: f"{i.series}[t-1]" for i in unit.program.inputs if i.name != i.series}
        self._names |= {name: f"{name}[t]" for name in series}
        self._expression = EquationPrinter({}, self._names)

    def name(self, name: str) -> str:
        """A value: `m[t-1]`, `m[t]`, `beta1`."""
        return self._names.get(name, name)

    def statements(self, lets: Iterable[Let]) -> list[Facts]:
        """Each with the flags under which it runs."""
        return [
            {"text": f"{self.name(let.name)} = {self._expression(let.expr)}", "if": guard_text(let.guard)}
            for let in lets
        ]

    def phase(self, phase: Phase, schedule: Schedule) -> Facts:
        """One pass over memory."""
        return {
            "number": phase.number,
            "loads": [self._access(a) for a in phase.loads],
            "statements": self.statements(let for let in schedule.element if let.name in phase.statements),
            "stores": [self._access(a) for a in phase.stores],
            "reductions": self.statements(phase.reductions),
            "per_tensor": self.statements(phase.finish.statements),
        }

    def _access(self, access: Access) -> Facts:
        return {"tensor": access.tensor, "value": self.name(access.value), "if": guard_text(access.guard) or None}


def _hyper(hyper: HyperParameter) -> Facts:
    return {
        "name": hyper.name,
        "default": hyper.default,
        "domain": dict(hyper.bounds),
        "domain_text": bounds(hyper) if hyper.bounds else "any number",
    }


def _state(state: Series) -> Facts:
    return {"name": state.name, "init": state.init, "checkpoint_key": state.key, "if": state.only_if}


def _defaults(spec: Spec) -> dict[str, bool]:
    return {f.name: f.default for f in spec.flags}


def _bytes(unit: Unit) -> list[Facts]:
    """Under the default flags, and with each flag the other way."""
    default = _defaults(unit.spec)
    settings = [("default", default)]
    settings += [(f"{'' if not on else 'not '}{name}", default | {name: not on}) for name, on in default.items()]
    return [
        {
            "setting": setting,
            "flags": flags,
            "moved": unit.schedule.bytes_moved(flags),
            "minimum": unit.schedule.bytes_least(flags),
        }
        for setting, flags in settings
    ]
