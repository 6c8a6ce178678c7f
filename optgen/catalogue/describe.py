"""What `list` and `show` know of an optimizer, as plain values; what is printed is made from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from optgen.ir.nodes import Let, Role, guard_text
from optgen.passes.phases import Access, Phase, Schedule
from optgen.passes.rates import rates
from optgen.spec.declare import FlagDeclaration, HyperDeclaration, StateDeclaration
from optgen.spec.decorators import Transform
from optgen.spec.model import HyperParameter, Spec
from optgen.targets import targets
from optgen.targets.base import Unit, handles
from optgen.targets.printer import EquationPrinter
from optgen.targets.signature import bounds, equations

Facts = dict[str, Any]

_SIZES = {
    "element": "like the parameter",
    "row": "one number a row",
    "col": "one number a column",
    "tensor": "one number a tensor",
}
"""What there is of a state of a rate; of all others, one number."""


def overview(unit: Unit) -> Facts:
    """What `list` tells."""
    spec = unit.spec
    return {
        "name": spec.name,
        "class": spec.class_name,
        "title": spec.title,
        "paper": spec.paper,
        "kind": spec.kind.value,
        "hyper": [_hyper(h) for h in spec.hypers],
        "flags": [
            {"name": f.name, "default": f.default, "doc": f.doc, "follows": f.nonzero or None} for f in spec.flags
        ],
        "states": _states(unit),
        "targets": [target.name for target in targets() if handles(target, spec.kind)],
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
        "gradient_at": program.at or None,
        "rates": {printed.name(name): rate.name.lower() for name, rate in rates(program).items()},
        "host": printed.statements(unit.schedule.host),
        "before_phases": printed.behind(unit.schedule, 0),
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
        self._expression = EquationPrinter(self._names, unit.program.view)

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
            "behind": self.behind(schedule, phase.number),
        }

    def behind(self, schedule: Schedule, number: int) -> list[Facts]:
        """What runs behind a phase; 0 is before the first."""
        of_elements = {let.name for phase in schedule.phases for let in phase.reductions}
        return [
            {
                "rate": finish.rate.name.lower(),
                "statements": self.statements(let for let in finish.lets if let.name not in of_elements),
            }
            for finish in schedule.behind(number)
        ]

    def _access(self, access: Access) -> Facts:
        return {"tensor": access.tensor, "value": self.name(access.value), "if": guard_text(access.guard) or None}


def _hyper(hyper: HyperParameter) -> Facts:
    return {
        "name": hyper.name,
        "default": hyper.default,
        "domain": dict(hyper.bounds),
        "domain_text": bounds(hyper),
    }


def _states(unit: Unit) -> list[Facts]:
    """Each state with its first value, as a number or as the spec writes it, and what keeps it."""
    rates = {i.series: i.rate.name.lower() for i in unit.program.input_of(Role.STATE)}
    names = {i.name: f"{i.series}[0]" for i in unit.program.input_of(Role.PARAM)}
    printer = EquationPrinter(names, unit.program.view)
    first = {let.name: printer(let.expr) for let in unit.program.initial}
    written = {equation.lhs.series for equation in unit.spec.initial}
    return [
        {
            "name": s.name,
            "init": first[s.name] if s.name in written else s.init,
            "rate": rates[s.name],
            "size": _SIZES.get(rates[s.name], "one number"),
            "checkpoint_key": s.key,
            "vector_key": s.vector_key,
            "if": s.only_if,
        }
        for s in unit.spec.states
    ]


def saved_as(state: Mapping[str, Any], written: Callable[[str], str] = str) -> str:
    """What checkpoints call a state, in words.

    Args:
        state: Of the facts.
        written: How a key is written.
    """
    key, of_vectors = written(state["checkpoint_key"]), state.get("vector_key")
    if of_vectors is None:
        return key
    return f"{key}, of vectors {written(of_vectors)}" if of_vectors else f"{key}, of matrices only"


def state_bytes(facts: Mapping[str, Any], flags: Mapping[str, bool]) -> int:
    """Bytes of state for each number of the parameter, in float32; numbers for whole tensors and rows do not count."""
    kept = [s for s in facts["states"] if s["rate"] == "element" and (not s["if"] or flags[s["if"]])]
    return 4 * len(kept)


def transform_overview(transform: Transform) -> Facts:
    """What `list` tells of a transform: what it adds to the spec that it is applied to."""
    declared = transform.declared
    hypers = {n: d for n, d in declared.items() if isinstance(d, HyperDeclaration)}
    return {
        "name": transform.name,
        "class": None,
        "title": transform.title,
        "paper": transform.paper,
        "kind": "transform",
        "gives": transform.kind.value,
        "hyper": [
            {"name": n, "default": d.default, "domain": dict(d.bounds), "domain_text": ""} for n, d in hypers.items()
        ],
        "flags": [{"name": n, "doc": d.doc} for n, d in declared.items() if isinstance(d, FlagDeclaration)],
        "states": [
            {"name": n, "checkpoint_key": d.key or n, "if": d.only_if}
            for n, d in declared.items()
            if isinstance(d, StateDeclaration)
        ],
        "targets": [],
        "minimum_bytes_per_element": None,
    }


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
