"""The torch optimizer: a class with torch's arguments around the generated code."""

from __future__ import annotations

from collections.abc import Iterable

from optgen.ir.rates import LINES, LINES_OF, Rate
from optgen.passes.common import of_all_tensors, reduces
from optgen.passes.steps import counts_steps
from optgen.spec.arguments import Argument, arguments
from optgen.spec.model import Flag, HyperParameter, Kind, Spec, SpecKind
from optgen.targets.base import Unit, header, render
from optgen.targets.layout import signature
from optgen.targets.printer import line_name
from optgen.targets.signature import (
    bounds,
    domain,
    equations,
    flag_docs,
    imports,
    laid_out,
    literal,
    quoted,
    source,
    uses_noise,
    wrapped,
)

TEMPLATE = "torch/optimizer.py.j2"
_MORE = {
    "maximize": "bool = False",
    "capturable": "bool = False",
    "foreach": "bool | None = None",
    "fused": "bool | None = None",
    "differentiable": "bool = False",
}
"""Arguments that every optimizer of torch takes."""


class TorchTarget:
    """Renders `optimizer.py`."""

    name = "torch"
    kinds = frozenset({SpecKind.OPTIMIZER})
    reserved = frozenset({*_MORE, "closure", "seed"})

    def render(self, unit: Unit) -> dict[str, str]:
        """The module's text."""
        spec, given = unit.spec, arguments(unit.spec)
        seed, attributes = [("seed", "int = 0")] * uses_noise(spec), _attributes(unit, given)
        parameters = [*((a.name, _type(a)) for a in given), *seed]
        values = {
            "header": header(unit, TEMPLATE),
            "title": quoted(spec.title),
            "summary": _summary(spec),
            "equations": laid_out(equations(unit)),
            "argument_docs": _docs(given)
            + ["seed: Of the random numbers; the same gives the same numbers."] * len(seed),
            "source": source(spec),
            "class_name": spec.class_name,
            "imports": _imports(unit, attributes),
            "base": _base(unit),
            "shifted": unit.program.at,
            "uses_torch": bool(spec.hypers),
            "uses_classvar": bool(attributes),
            "attributes": [line for text in attributes for line in text.split("\n")],
            "signature": signature(
                "def __init__(",
                ["self", "params: Params", *_typed(parameters), "*", *_typed(_MORE.items())],
                ") -> None:",
            ),
            "names": [*(name for name, _ in parameters), *_MORE],
        }
        return {"optimizer.py": render(TEMPLATE, values)}


def _summary(spec: Spec) -> str:
    """The first paragraph of a spec's docstring."""
    return "\n    ".join(wrapped(spec.doc.split("\n\n")[0].replace("\n", " "), indent=4))


def _typed(parameters: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{name}: {kind}" for name, kind in parameters]


def _type(argument: Argument) -> str:
    """Type and default of an argument."""
    first = argument.members[0]
    if isinstance(first, Flag):
        return f"bool = {first.default}"
    numbers = [m for m in argument.members if not isinstance(m, Flag)]
    kinds = ["float | torch.Tensor" + " | None" * bool(m.none) for m in numbers]
    defaults = ["None" if m.none else literal(m.default) for m in numbers]
    if len(numbers) == 1:
        return f"{kinds[0]} = {defaults[0]}"
    return f"tuple[{', '.join(kinds)}] = ({', '.join(defaults)})"


def _docs(given: list[Argument]) -> list[str]:
    """A line for each argument: its domain, or what it does."""
    lines = []
    for argument in given:
        first = argument.members[0]
        if isinstance(first, Flag):
            lines += wrapped(f"{argument.name}: {flag_docs(first)}", indent=8, hanging=4)
            continue
        domains = "; ".join(_domain_of(m) for m in argument.members if not isinstance(m, Flag))
        lines += wrapped(f"{argument.name}: {domains}.", indent=8, hanging=4)
    return lines


def _domain_of(hyper: HyperParameter) -> str:
    """Its domain in words, and what None is."""
    return bounds(hyper) + ", or None for the eps of a parameter's dtype" * bool(hyper.none)


def _base(unit: Unit) -> str:
    """The class that it derives from."""
    return "ShiftedOptimizer" if unit.program.at else "FusedOptimizer"


def _imports(unit: Unit, attributes: list[str]) -> list[str]:
    """The statements that take names from the runtime."""
    text = "\n".join(attributes)
    names = {"Params", *(name for name in ("Domain", "Field") if f"{name}(" in text)}
    if unit.program.at:
        return [imports("optimizer", names), imports("optimizer_shifted", {"ShiftedOptimizer"})]
    return [imports("optimizer", names | {"FusedOptimizer"})]


def _attributes(unit: Unit, given: list[Argument]) -> list[str]:
    """The class attributes that say what the equations have; what is as in the base class is left out."""
    spec = unit.spec
    several = {a.name: a.members for a in given if len(a.members) > 1 or a.name != a.members[0].name}
    hyper = [f'"{h.name}": {domain(h)}' for h in spec.hypers]
    arguments_of = [f'"{name}": {_tuple(_quoted(m.name for m in members))}' for name, members in several.items()]
    following = [f'"{f.name}": "{f.nonzero}"' for f in spec.flags if f.nonzero]
    inputs = _quoted(s.name for s in spec.of_kind(Kind.INPUT))
    flags = _quoted(f.name for f in spec.choices)
    by_dtype = _quoted(h.name for h in spec.hypers if h.none)
    found = [
        _display("hyper", "dict[str, Domain]", hyper),
        _display("arguments", "dict[str, tuple[str, ...]]", arguments_of),
        f"flags = {_tuple(flags)}" if flags else "",
        _display("following", "dict[str, str]", following),
        f"by_dtype = {_tuple(by_dtype)}" if by_dtype else "",
        _display("fields", "dict[str, Field]", _fields(unit)),
        f"inputs = {_tuple(inputs)}" if inputs else "",
        "together = True" if unit.program.spans_tensors else "",
        "by_lines = True" if unit.program.view else "",
        "reduces = True" if reduces(unit.batch) else "",
        "counts_steps = True" if counts_steps(unit.program) else "",
        f"common = {_tuple(_quoted(common))}" if (common := of_all_tensors(unit.batch)) else "",
    ]
    return [text for text in found if text]


def _display(name: str, kind: str, entries: list[str]) -> str:
    """A dict, one entry a line where it does not fit on one."""
    return signature(f"{name}: ClassVar[{kind}] = {{", entries, "}") if entries else ""


def _tuple(entries: list[str]) -> str:
    return f"({', '.join(entries)}{',' * (len(entries) == 1)})"


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _fields(unit: Unit) -> list[str]:
    """The states, in the order of the table of addresses."""
    rates = {i.series: i.rate for i in unit.batch.program.inputs}
    kinds = {Rate.TENSOR: "number", Rate.GLOBAL: "shared"}
    kinds |= {rate: line_name(unit.program.view, LINES_OF[rate]) for rate in LINES if unit.program.view}
    lines = []
    for s in unit.spec.states:
        kind = kinds.get(rates[s.name], "")
        more = [f'"{kind}"'] * bool(kind) + [f'only_if="{s.only_if}"'] * bool(s.only_if)
        more += [f'vector_key="{s.vector_key}"'] * (s.vector_key is not None)
        lines.append(f'"{s.name}": Field({", ".join([f"{s.key!r}".replace(chr(39), chr(34)), *more])})')
    return lines


TARGET = TorchTarget()
