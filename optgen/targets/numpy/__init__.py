"""The NumPy reference: pure functions that read like the paper."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from optgen.ir.nodes import Const, Expr, Output, Rate, Ref, Role, Select, guard_text, refs
from optgen.passes.guards import guard_values
from optgen.passes.names import printed_names
from optgen.passes.point import point_program
from optgen.passes.ranges import ranges
from optgen.passes.rates import rate, rates
from optgen.spec.model import Kind, Spec, SpecKind
from optgen.targets.base import Unit, render
from optgen.targets.layout import call, guarded, optional, signature
from optgen.targets.signature import (
    NOISE_DOCS,
    about,
    called,
    checks,
    described,
    draw_call,
    hyper_parameters,
    imports,
    input_names,
    of_first_step,
    of_state,
    one_number,
    source,
    state_names,
    step_parameters,
    uses_noise,
)

from .printer import NumpyPrinter

TEMPLATE = "numpy/reference.py.j2"
_REDUCTIONS = ("norm", "total", "mean", "max_abs")
_USED = frozenset({"np", "math", "ieee", "arrays", "check_arrays", "check_step", "check_hyper", "check_flags", "HYPER"})
_USED |= {"check_noise", "normal", "seed", "tensor", "uniform"}
"""Names that `step` uses beside the spec's own."""


class NumpyTarget:
    """Renders `reference.py`."""

    name = "numpy"
    kinds = frozenset({SpecKind.OPTIMIZER})
    reserved = _USED | {"check_theta", "point"}

    def render(self, unit: Unit) -> dict[str, str]:
        """The module's text."""
        spec, parts = unit.spec, _Parts(unit)
        body, returned = parts.body(), parts.returned()
        text = "\n".join([*body, returned, *parts.initial(), *(_point(unit) if unit.program.at else [])])
        noise = ", ".join(sorted(kind for kind in ("normal", "uniform") if f" = {kind}(" in "\n".join(parts.unpack())))
        keywords = hyper_parameters(spec)
        inputs = [s.name for s in spec.of_kind(Kind.INPUT)]
        checked = ["theta", "grad", "state", f"names={state_names(spec)}", *input_names(spec)]
        if unit.program.coarse_states(Rate.STEP, Rate.TENSOR):
            checked.append(f"numbers={one_number(unit.program, Rate.STEP, Rate.TENSOR)}")
        values = {
            **described(unit, TEMPLATE),
            **checks(spec),
            **of_first_step(unit),
            "about": about(spec),
            "paper": source(spec),
            "imports": _imports(text, spec),
            "uses_math": "math." in text,
            "uses_ieee": "ieee." in text,
            "init_signature": signature("def init(", ["theta: Array", *keywords], ") -> State:"),
            "step_signature": signature(
                "def step(",
                ["theta: Array", "grad: Array", "state: State", "t: int", *step_parameters(spec, "Array")],
                ") -> tuple[Array, State]:",
            ),
            "input_docs": [
                *(f"{name}: Further tensor, of the shape and dtype of `theta`." for name in inputs),
                *(NOISE_DOCS if uses_noise(spec) else []),
            ],
            "noise": noise,
            "check_arrays": call("check_arrays(", checked, ")", indent=4),
            "initial": parts.initial(),
            "point": _point(unit) if unit.program.at else [],
            "point_signature": signature(
                "def point(", ["theta: Array", "state: State", "t: int", *keywords], ") -> Array:"
            ),
            "check_point": call("check_arrays(", ["theta", "theta", *of_state(checked)], ")", indent=4),
            "unpack": parts.unpack(),
            "body": body,
            "returned": returned,
        }
        return {"reference.py": render(TEMPLATE, values)}


class _Parts:
    """The lines of `step` that the equations become."""

    def __init__(self, unit: Unit, like: str = "grad") -> None:
        self.spec, self.like = unit.spec, like
        self.program = guard_values(unit.program)
        self.rates = rates(self.program)
        self.names = printed_names(self.program, _USED)
        self.values = {let.name: let.expr for let in self.program.body}

    def name(self, value: str) -> str:
        """What a value is called in the code."""
        return self.names.get(value, value)

    def unpack(self) -> list[str]:
        """The arguments under the spec's names."""
        lines: list[tuple[str, str]] = []
        used = {name for expr in self.values.values() for name in refs(expr)}
        for i in self.program.inputs:
            if i.name not in used:
                continue
            source = {Role.PARAM: "theta", Role.GRAD: "grad", Role.STATE: f'state["{i.series}"]'}.get(i.role, "")
            if i.role is Role.STATE and i.rate is not Rate.ELEMENT:
                source += ".item()"
            if i.role is Role.NOISE:
                source = draw_call(i.name, "grad, seed, t, tensor", "")
            if source and self.name(i.name) != source:
                condition = guard_text(i.guard) if i.role is Role.STATE else ""
                lines.append((condition, f"{self.name(i.name)} = {source}"))
        return guarded(lines)

    def body(self) -> list[str]:
        """One statement an equation, in the author's order and names."""
        flags = [i.name for i in self.program.input_of(Role.FLAG)]
        printer = NumpyPrinter(self.rates, self.names, ranges(self.program), flags, self.like)
        lets = self.program.body
        return guarded((guard_text(let.guard), f"{self.name(let.name)} = {printer(let.expr)}") for let in lets)

    def returned(self) -> str:
        """The return statement; states that the flags do not want are left out."""
        outputs = {output.series: output for output in self.program.outputs}
        states = []
        for s in self.spec.states:
            # A state that is never updated stays as it is.
            value = self._returned(outputs[s.name]) if s.name in outputs else f'state["{s.name}"].copy()'
            states.append(optional(f"{s.name}={value}", s.only_if or ""))
        state = call("arrays(", states, ")", indent=4) if states else "{}"
        return f"return np.asarray({self._returned(outputs[self.spec.param.name])}), {state}"

    def initial(self) -> list[str]:
        """A keyword argument for each state: its name and its first value."""
        (param,) = self.program.input_of(Role.PARAM)
        flags = [i.name for i in self.program.input_of(Role.FLAG)]
        printer = NumpyPrinter(self.rates, {param.name: "theta"}, ranges(self.program), flags, like="theta")
        kept = {i.series: i.rate for i in self.program.input_of(Role.STATE)}
        lines = []
        for let in self.program.initial:
            value = printer(let.expr)
            if kept[let.name] is not Rate.ELEMENT:
                value = repr(float(let.expr.value)) if isinstance(let.expr, Const) else f"float({value})"
            elif rate(let.expr, self.rates) is not Rate.ELEMENT:
                value = "np.zeros_like(theta)" if let.expr == Const(Fraction(0)) else f"np.full_like(theta, {value})"
            elif not self._is_new(let.expr):
                value = f"{value}.copy()"
            lines.append(optional(f"{let.name}={value}", guard_text(let.guard)))
        return lines

    def _returned(self, output: Output) -> str:
        """A new value as an array of its own: neither an argument nor what another name stands for."""
        name = self.name(output.value)
        if output.rate is not Rate.ELEMENT:
            return name
        if self.rates[output.value] is not Rate.ELEMENT:
            return f"np.full_like({self.like}, {name})"
        return name if self._is_new(self.values[output.value]) else f"{name}.copy()"

    def _is_new(self, expr: Expr) -> bool:
        """Whether evaluating an expression makes a new array."""
        if isinstance(expr, Select) and rate(expr.condition, self.rates) is not Rate.ELEMENT:
            arms = [arm for arm in (expr.a, expr.b) if rate(arm, self.rates) is Rate.ELEMENT]
            return all(map(self._is_new, arms))
        return not isinstance(expr, Ref)


def _point(unit: Unit) -> list[str]:
    """The lines of `point`."""
    parts = _Parts(replace(unit, program=point_program(unit.program)), like="theta")
    (output,) = parts.program.outputs
    return [*parts.unpack(), *parts.body(), f"return np.asarray({parts._returned(output)})"]


def _imports(text: str, spec: Spec) -> str:
    names = {"Array", "State", "check_arrays", "check_step", "check_theta"}
    names |= called(_REDUCTIONS, text, "np")
    names |= {"Domain", "check_hyper"} if spec.hypers else set()
    names |= {"check_flags"} if spec.choices else set()
    names |= {"arrays"} if spec.states else set()
    names |= {"check_noise"} if uses_noise(spec) else set()
    return imports("reference", names)


TARGET = NumpyTarget()
