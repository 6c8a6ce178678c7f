"""The NumPy reference: pure functions that read like the paper."""

from __future__ import annotations

from optgen.ir.nodes import guard_text
from optgen.passes.names import merged_names
from optgen.passes.rates import rates
from optgen.spec.model import Series, Spec
from optgen.targets.base import Unit, call, guarded, header, render, signature
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

from .printer import NumpyPrinter

TEMPLATE = "numpy/reference.py.j2"
_REDUCTIONS = ("norm", "total", "mean", "max_abs")


class NumpyTarget:
    """Renders `reference.py`."""

    name = "numpy"
    reserved = frozenset({"np", "math", "init", "arrays", "Array", "Domain", "State", "HYPER", "states"})

    def render(self, unit: Unit) -> dict[str, str]:
        """The module's text."""
        spec = unit.spec
        body = _equations(unit)
        returned = _returned(unit)
        text = "\n".join([*body, *returned])
        hypers = [h.name for h in spec.hypers]
        keywords = hyper_parameters(spec)
        values = {
            "header": header(unit, TEMPLATE),
            "title": spec.title,
            "about": wrapped(spec.doc.replace("\n\n", "\n").replace("\n", " ")),
            "paper": wrapped(f"Source: {spec.paper}.") if spec.paper else [],
            "equations": equations(unit),
            "imports": _imports(text, spec),
            "uses_math": "math." in text,
            "domains": [f'"{h.name}": {domain(h)},' for h in spec.hypers],
            "init_signature": signature("def init(", ["theta: Array", *keywords], ") -> State:"),
            "step_signature": signature(
                "def step(",
                ["theta: Array", "grad: Array", "state: State", "t: int", *keywords],
                ") -> tuple[Array, State]:",
            ),
            "hyper_docs": hyper_docs(spec),
            "states": state_names(spec),
            "check_hyper": check_hyper(hypers, used=set(hypers)),
            "check_init_hyper": check_hyper(hypers, used=initial_hypers(spec)),
            "check_flags": check_flags([f.name for f in spec.flags]),
            "initial": [_initial(s) for s in spec.states],
            "unpack": _unpack(unit),
            "body": body,
            "returned": returned,
        }
        return {"reference.py": render(TEMPLATE, values)}


def _equations(unit: Unit) -> list[str]:
    """One line an equation, in the author's order and names."""
    program = unit.program
    printer = NumpyPrinter(rates(program), merged_names(program))
    return guarded((guard_text(let.guard), f"{let.name} = {printer(let.expr)}") for let in program.body)


def _unpack(unit: Unit) -> list[str]:
    """The arguments under the spec's names."""
    spec, merged = unit.spec, merged_names(unit.program)
    lines: list[tuple[str, str]] = []
    for i in unit.program.inputs:
        name = merged.get(i.name, i.name)
        condition = guard_text(i.guard)
        if i.series == spec.param.name and name != "theta":
            lines.append((condition, f"{name} = theta"))
        elif i.series == spec.grad.name and name != "grad":
            lines.append((condition, f"{name} = grad"))
        elif i.series in {s.name for s in spec.states}:
            lines.append((condition, f'{name} = state["{i.series}"]'))
    return guarded(lines)


def _returned(unit: Unit) -> list[str]:
    """The return statement; states that the flags do not want are left out."""
    spec = unit.spec
    states = [f"{s.name}={s.name}" + (f" if {s.only_if} else None" if s.only_if else "") for s in spec.states]
    state = call("arrays(", states, ")", indent=4) if states else "{}"
    return [f"return np.asarray({spec.param.name}), {state}"]


def _initial(state: Series) -> str:
    value = "np.zeros_like(theta)" if state.init == 0 else f"np.full_like(theta, {state.init})"
    return f"{state.name}={value}" + (f" if {state.only_if} else None" if state.only_if else "")


def _imports(text: str, spec: Spec) -> str:
    names = {"Array", "State", "check_arrays", "check_step", "check_theta"}
    names |= {n for n in _REDUCTIONS if f"{n}(" in text.replace(f"np.{n}(", "")}
    names |= {"Domain", "check_hyper"} if spec.hypers else set()
    names |= {"check_flags"} if spec.flags else set()
    names |= {"arrays"} if spec.states else set()
    return imports("reference", names)


TARGET = NumpyTarget()
