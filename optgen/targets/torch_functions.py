"""Functions that take torch tensors, as every target has them: heads, docstrings, and what they take of the runtime."""

from __future__ import annotations

from collections.abc import Mapping

from optgen.ir.nodes import Role
from optgen.ir.rates import LINES, Rate
from optgen.spec.model import Kind

from .base import Unit
from .layout import call, signature
from .signature import (
    coarse_arguments,
    hyper_parameters,
    input_names,
    noise_docs,
    of_state,
    state_docs,
    state_names,
    step_parameters,
    uses_noise,
)


def functions(unit: Unit, docs: Mapping[str, str]) -> dict[str, object]:
    """What templates/common needs for the heads of `init`, `point` and `step_`: signatures, docstrings, checks.

    Args:
        unit: The optimizer.
        docs: What its arguments are.
    """
    spec, together = unit.spec, unit.program.spans_tensors
    tensor, state = ("list[torch.Tensor]", "States") if together else ("torch.Tensor", "State")
    checked, keywords = _checked(unit), hyper_parameters(spec)
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
        "touched": "*theta" if together else "theta",
    }


def _checked(unit: Unit) -> list[str]:
    """The arguments of the check of all tensors."""
    spec, program = unit.spec, unit.program
    rates = {"on_host": (Rate.STEP,), "on_device": (Rate.TENSOR,)}
    if program.spans_tensors:
        rates |= {"on_device": (Rate.GLOBAL,), "each_on_device": (Rate.TENSOR,)}
    named = ["theta", "grad", "state", f"names={state_names(spec)}", *input_names(spec)]
    return [*named, *coarse_arguments(program, rates)]


def imported(unit: Unit) -> set[str]:
    """What these functions take from the runtime."""
    spec, together = unit.spec, unit.program.spans_tensors
    names = {"check_step", "touched"}
    names |= {"States", "check_tensor_lists", "check_thetas"} if together else {"State", "check_tensors", "check_theta"}
    names |= {"Domain", "check_hyper"} if spec.hypers else set()
    names |= {"check_flags"} if spec.choices else set()
    names |= {"lists" if together else "tensors"} if spec.states else set()
    if any(s.at for s in spec.of_kind(Kind.GRAD)):
        names.add("check_state_lists" if together else "check_state")
    if any(i.rate in LINES for i in unit.program.input_of(Role.STATE)):
        names.add("line_shape")
    return names | ({"check_noise"} if uses_noise(spec) else set())
