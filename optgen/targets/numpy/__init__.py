"""The NumPy reference: pure functions that read like the paper."""

from __future__ import annotations

from optgen.passes.point import point_program
from optgen.spec.model import Kind, Spec, SpecKind
from optgen.targets.base import Unit, render
from optgen.targets.layout import call, signature
from optgen.targets.signature import (
    about,
    called,
    checks,
    described,
    hyper_parameters,
    imports,
    input_names,
    noise_docs,
    of_first_step,
    of_state,
    source,
    state_docs,
    state_names,
    step_parameters,
    uses_noise,
)

from .parts import USED, Parts

TEMPLATE = "numpy/reference.py.j2"
_REDUCTIONS = ("norm", "total", "mean", "max_abs")
_ONE = {
    "theta": "Parameter, any shape, float16, float32 or float64; arithmetic is done in its dtype.",
    "grad": "Gradient, shape and dtype of `theta`.",
    "state": "From `init` or the previous step; arrays of the shape and dtype of `theta`",
    "input": "Further tensor, of the shape and dtype of `theta`.",
    "returned": "The new parameter and the new state.",
    "init": "State before the first step: a dict of arrays like `theta`.",
    "point": "Where the gradient of a step is to be taken; arguments and errors as for `step`.",
}
_TOGETHER = {
    "theta": "Parameters that are updated together: a list of arrays of any shapes, float16, float32 or float64;\n"
    "            arithmetic is done in the dtype of each.",
    "grad": "Gradients: a list of arrays of the shapes and dtypes of `theta`.",
    "state": "From `init` or the previous step; lists of arrays of the shapes and dtypes of `theta`",
    "input": "Further tensors: a list of arrays of the shapes and dtypes of `theta`.",
    "returned": "The new parameters, as a list, and the new state.",
    "init": "State before the first step: a dict of lists of arrays like `theta`.",
    "point": "Where the gradients of a step are to be taken, as a list; arguments and errors as for `step`.",
}


class NumpyTarget:
    """Renders `reference.py`."""

    name = "numpy"
    kinds = frozenset({SpecKind.OPTIMIZER})
    reserved = USED | {"check_theta", "check_thetas", "point"}

    def render(self, unit: Unit) -> dict[str, str]:
        """The module's text."""
        spec, parts = unit.spec, Parts(unit)
        together = parts.together
        body, returned, first = parts.body(), parts.returned(), parts.initial()
        point = _point(unit) if unit.program.at else []
        text = "\n".join([*body, *returned, *first, *point])
        unpack = parts.unpack()
        noise = ", ".join(kind for kind in ("normal", "uniform") if f"{kind}(" in "\n".join(unpack))
        keywords = hyper_parameters(spec)
        array, state = ("list[Array]", "States") if together else ("Array", "State")
        docs = _TOGETHER if together else _ONE
        checked = parts.checked(state_names(spec), input_names(spec))
        check = "check_array_lists(" if together else "check_arrays("
        inputs = [s.name for s in spec.of_kind(Kind.INPUT)]
        values = {
            **described(unit, TEMPLATE),
            **checks(spec),
            **of_first_step(unit),
            "about": about(spec),
            "paper": source(spec),
            "imports": _imports(text, spec, together),
            "uses_math": "math." in text,
            "uses_ieee": "ieee." in text,
            "docs": docs,
            "state_docs": state_docs(unit, docs["state"]),
            "check_theta": "check_thetas" if together else "check_theta",
            "make_state": "lists" if together else "arrays",
            "init_signature": signature("def init(", [f"theta: {array}", *keywords], f") -> {state}:"),
            "step_signature": signature(
                "def step(",
                [f"theta: {array}", f"grad: {array}", f"state: {state}", "t: int", *step_parameters(spec, array)],
                f") -> tuple[{array}, {state}]:",
            ),
            "input_docs": [*(f"{name}: {docs['input']}" for name in inputs), *noise_docs(unit)],
            "noise": noise,
            "check_arrays": call(check, checked, ")", indent=4),
            "initial": first,
            "point": point,
            "point_signature": signature(
                "def point(", [f"theta: {array}", f"state: {state}", "t: int", *keywords], f") -> {array}:"
            ),
            "check_point": call(check, ["theta", "theta", *of_state(checked)], ")", indent=4),
            "unpack": unpack,
            "body": body,
            "returned": returned,
        }
        return {"reference.py": render(TEMPLATE, values)}


def _point(unit: Unit) -> list[str]:
    """The lines of `point`."""
    parts = Parts(unit, like="theta", program=point_program(unit.program))
    (output,) = parts.program.outputs
    return [*parts.unpack(), *parts.body(), f"return {parts.array(parts.new(output))}"]


def _imports(text: str, spec: Spec, together: bool) -> str:
    names = {"Array", "check_step"} | called((*_REDUCTIONS, "line_shape"), text, "np")
    names |= {"States", "check_array_lists", "check_thetas"} if together else {"State", "check_arrays", "check_theta"}
    names |= {"Domain", "check_hyper"} if spec.hypers else set()
    names |= {"check_flags"} if spec.choices else set()
    names |= {"lists" if together else "arrays"} if spec.states else set()
    names |= {"check_noise"} if uses_noise(spec) else set()
    return imports("reference", names)


TARGET = NumpyTarget()
