"""What runs on the host before many tensors are updated at once: scalars, and the lists of tensors."""

from __future__ import annotations

import re

from optgen.ir.nodes import Role
from optgen.ir.rates import Rate
from optgen.spec.model import Kind

from .base import Unit
from .flow import Flow
from .layout import call, signature


def series(flow: Flow) -> list[str]:
    """The tensors of the equations, the parameter first; one row of the table of addresses each."""
    order = (Role.PARAM, Role.GRAD, Role.INPUT, Role.STATE)
    return [i.series for role in order for i in flow.program.inputs if i.role is role]


def scalars_function(
    unit: Unit, flow: Flow, host: list[str], returned: list[str]
) -> tuple[dict[str, object], list[str]]:
    """What a template needs for `scalars`, which computes what is the same for all tensors of a step; its arguments.

    Args:
        unit: The optimizer.
        flow: Its values.
        host: Lines that compute them.
        returned: What device code takes, in order.
    """
    text = tuple_of(returned)
    given = _given(unit, "\n".join([*host, text]))
    typed = [f"{n}: {'int' if n == 't' else 'bool' if n in flow.flags else 'float'}" for n in given]
    (factor,) = flow.program.input_of(Role.SCALE)
    parameters = [*typed, f"{factor.name}: float = 1.0"]
    head = signature("def scalars(", parameters, ") -> tuple[float, ...]:")
    return {"scalars_signature": head, "host": host, "returned": _returned(returned)}, given


def _returned(entries: list[str]) -> list[str]:
    """The statement that gives a tuple."""
    if len(entries) == 1:
        return [f"return ({entries[0]},)"]
    return call("return (", entries, ")", indent=4).split("\n")


def _given(unit: Unit, text: str) -> list[str]:
    """Of step, hyper-parameters and flags, what the host's scalars are made of."""
    words = set(re.findall(r"\w+", text))
    names = ("t", *(h.name for h in unit.spec.hypers), *(f.name for f in unit.spec.flags))
    return [name for name in names if name in words]


def tensor_lists(unit: Unit, flow: Flow) -> list[str]:
    """The lists of tensors of a step, in the order of the table of addresses, as arguments of `batches_of`."""
    spec = unit.spec
    known = {spec.param.name: "theta", spec.grad.name: "grad", **{s.name: s.name for s in spec.of_kind(Kind.INPUT)}}
    once = {i.series for i in flow.program.coarse_states(Rate.GLOBAL)}
    optional = {s.name: s.only_if for s in spec.states if s.only_if}
    lists = []
    for name in series(flow):
        text = known.get(name, f'state["{name}"]')
        listed = f"[{text}] * len(theta)" if name in once else text if flow.together else f"[{text}]"
        lists.append(f"{listed} if {optional[name]} else None" if name in optional else listed)
    inputs = len(spec.of_kind(Kind.INPUT))
    more = ["first=tensor"] * bool(flow.program.input_of(Role.NOISE)) + [f"inputs={inputs}"] * bool(inputs)
    return [*lists, *more]


def tuple_of(entries: list[str]) -> str:
    """A tuple display."""
    return f"({', '.join(entries)}{',' * (len(entries) == 1)})"
