"""Signatures and docstrings that the generated modules share."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from optgen.ir.nodes import Input, Program, Role, guard_text, refs
from optgen.ir.rates import LINES, LINES_OF, Rate
from optgen.spec.functions import Draw
from optgen.spec.model import Flag, HyperParameter, Kind, Spec

from .base import Unit, header
from .layout import LINE_LENGTH, call, layout, signature
from .printer import EquationPrinter, line_name

WIDTH = 106


def described(unit: Unit, template: str) -> dict[str, object]:
    """What a template is told of a spec, whatever it makes of it."""
    return {
        "header": header(unit, template),
        "title": quoted(unit.spec.title),
        "equations": laid_out(equations(unit)),
        "hyper_docs": hyper_docs(unit),
    }


def checks(spec: Spec) -> dict[str, object]:
    """What a template needs to check the hyper-parameters and flags of a call."""
    hypers = [h.name for h in spec.hypers]
    return {
        "domains": [f'"{h.name}": {domain(h)},' for h in spec.hypers],
        "check_hyper": check_hyper(hypers, used=set(hypers)),
        "check_flags": check_flags([f.name for f in spec.choices]),
        "following": following_flags(spec),
    }


def of_first_step(unit: Unit) -> dict[str, object]:
    """What a template needs to make the states before the first step."""
    spec, program = unit.spec, unit.program
    return {
        "check_init_hyper": check_hyper([h.name for h in spec.hypers], used=initial_hypers(spec, program)),
        "coarse": coarse_states(program),
        "following_at_first": following_at_first(spec, program),
    }


def about(spec: Spec) -> list[str]:
    """The docstring of a spec as one paragraph."""
    return wrapped(spec.doc.replace("\n\n", "\n").replace("\n", " "))


def source(spec: Spec) -> list[str]:
    """Where the equations come from; nothing where that is not said."""
    return wrapped(f"Source: {spec.paper}.") if spec.paper else []


def state_docs(unit: Unit, what: str) -> str:
    """What there is to say of the states, for an `Args:` section.

    Args:
        unit: The optimizer.
        what: Where they come from and what they are.
    """
    but = ", but for what `init` says" if unit.program.keeps_coarse else ""
    return "\n".join(wrapped(f"state: {what}{but}.", indent=8, hanging=4))


def of_state(checked: list[str]) -> list[str]:
    """Of the arguments of a check of everything, those on the state: not parameter, gradient and further tensors."""
    return [argument for argument in checked[2:] if not argument.startswith("inputs=")]


def called(names: Iterable[str], text: str, module: str) -> set[str]:
    """Which functions a text calls, but for those of the same name in a module."""
    return {name for name in names if f"{name}(" in text.replace(f"{module}.{name}(", "")}


def hyper_parameters(spec: Spec) -> list[str]:
    """Keyword-only parameters with types and defaults: hyper-parameters, then flags."""
    keywords = [f"{h.name}: float = {literal(h.default)}" for h in spec.hypers]
    keywords += [f"{f.name}: bool = {f.default!r}" for f in spec.choices]
    return ["*", *keywords] if keywords else []


def step_parameters(spec: Spec, kind: str) -> list[str]:
    """The keyword-only parameters of a step: further tensors, which have no default, then hyper-parameters and flags.

    Args:
        spec: The optimizer.
        kind: Type of a tensor.
    """
    more = [f"{s.name}: {kind}" for s in spec.of_kind(Kind.INPUT)]
    more += ["seed: int = 0", "tensor: int = 0"] * uses_noise(spec)
    others = hyper_parameters(spec)
    return ["*", *more, *others[1:]] if more else others


def uses_noise(spec: Spec) -> bool:
    """Whether random numbers are drawn."""
    return any(equation.rhs.has(Draw) for equation in spec.equations)


def draw_call(name: str, before: str, after: str) -> str:
    """What gives the random numbers of a draw: `normal1_draw` gives `normal(..., 1)`.

    Args:
        name: Of the numbers, as `freeze` gives it.
        before: Arguments before the number of the draw.
        after: Arguments behind it.
    """
    stem = name.removesuffix("_draw")
    kind = stem.rstrip("0123456789")
    return f"{kind}({before}, {stem.removeprefix(kind)}{after})"


def noise_docs(unit: Unit) -> list[str]:
    """Lines on the arguments of a step that draws random numbers; none where it draws none."""
    if not uses_noise(unit.spec):
        return []
    number = "Number of the parameter, so that no two draw the same numbers."
    if unit.program.spans_tensors:
        number = "Number of the first parameter; the next ones are those of the others. No two may have the same."
    return ["seed: Of the random numbers; the same gives the same numbers.", f"tensor: {number}"]


def literal(number: float) -> str:
    """A number as Python reads it."""
    return repr(number) if math.isfinite(number) else f'float("{number}")'


def _plain(number: float) -> str:
    """A number as people write it: 0 for 0.0."""
    return repr(number).removesuffix(".0")


def bounds(hyper: HyperParameter) -> str:
    """The domain in words of mathematics: `0 <= beta1 < 1`, or that there are no bounds."""
    if not hyper.bounds:
        return "any number"
    signs = {"ge": "<=", "gt": "<", "le": "<=", "lt": "<"}
    low = "".join(f"{_plain(b)} {signs[r]} " for r, b in hyper.bounds if r in ("ge", "gt"))
    high = "".join(f" {signs[r]} {_plain(b)}" for r, b in hyper.bounds if r in ("le", "lt"))
    return f"{low}{hyper.name}{high}"


def domain(hyper: HyperParameter) -> str:
    """The domain as a call: `Domain(ge=0, lt=1)`."""
    return f"Domain({', '.join(f'{relation}={literal(bound)}' for relation, bound in hyper.bounds)})"


def state_names(spec: Spec) -> str:
    """The states as a dict display: name, and whether the flags in scope want it."""
    return "{" + ", ".join(f'"{s.name}": {s.only_if or "True"}' for s in spec.states) + "}"


def following_flags(spec: Spec) -> list[str]:
    """Lines that set the flags which hyper-parameters decide."""
    return [f"{f.name} = {f.nonzero} != 0" for f in spec.flags if f.nonzero]


def following_at_first(spec: Spec, program: Program) -> list[str]:
    """The same for those flags that the initial state depends on."""
    used = _of_states(spec, program)
    return [f"{f.name} = {f.nonzero} != 0" for f in spec.flags if f.nonzero and f.name in used]


def one_number(program: Program, *rates: Rate) -> str:
    """The states that are one number, of the given rates, as a tuple display."""
    names = [f'"{i.series}"' for i in program.coarse_states(*rates)]
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def coarse_arguments(program: Program, rates: Mapping[str, tuple[Rate, ...]]) -> list[str]:
    """The keyword arguments of a check that name the states which are no tensors of elements.

    Args:
        program: Whose states they are.
        rates: For each keyword, the rates of the states that are one number each and belong there.
    """
    found = [f"{keyword}={one_number(program, *own)}" for keyword, own in rates.items() if program.coarse_states(*own)]
    lines = [f'"{i.series}": "{line_name(program.view, LINES_OF[i.rate])}"' for i in program.coarse_states(*LINES)]
    return [*found, *([f"lines={{{', '.join(lines)}}}"] if lines else [])]


def input_names(spec: Spec) -> list[str]:
    """The further tensors as a keyword argument: name and value; none without any."""
    names = ", ".join(f'"{s.name}": {s.name}' for s in spec.of_kind(Kind.INPUT))
    return [f"inputs={{{names}}}"] if names else []


def equations(unit: Unit) -> list[str]:
    """The update as the spec writes it, one equation a line, in plain text."""
    program = unit.program
    names = {i.name: f"{i.series}[t-1]" if i.name != i.series else i.name for i in program.inputs}
    names |= {s.name: f"{s.name}[t]" for s in unit.spec.series}
    printer = EquationPrinter(names, program.view)
    lines = []
    for let in program.body:
        text = f"{names[let.name]} = {printer(let.expr)}"
        lines.append(text + (f"    if {guard_text(let.guard)}" if let.guard else ""))
    return lines


def laid_out(lines: Iterable[str]) -> list[str]:
    """Equations in lines that fit into a docstring, where they stand indented."""
    text: list[str] = []
    for line in lines:
        equation, _, condition = line.partition("    if ")
        broken = layout(equation, LINE_LENGTH - 4)
        text += [*broken[:-1], broken[-1] + (f"    if {condition}" if condition else "")]
    return text


def wrapped(text: str, indent: int = 0, hanging: int = 0) -> list[str]:
    """Prose in lines of docstring width."""
    return textwrap.wrap(quoted(text), WIDTH - indent, subsequent_indent=" " * hanging, break_on_hyphens=False)


def quoted(text: str) -> str:
    """An author's text as it stands in a docstring."""
    return text.replace("\\", "\\\\").replace('"""', r"\"\"\"")


def hyper_docs(unit: Unit) -> list[str]:
    """One line a hyper-parameter and flag, for an `Args:` section."""
    spec, program = unit.spec, unit.program
    used = {name for let in program.body for name in refs(let.expr)} | {f.nonzero for f in spec.flags}
    at_first = initial_hypers(spec, program) - used
    lines = [f"{h.name}: {bounds(h)}." + " Read by `init` only." * (h.name in at_first) for h in spec.hypers]
    for f in spec.choices:
        lines += wrapped(f"{f.name}: {flag_docs(f)}", indent=8, hanging=4)
    return lines


def flag_docs(flag: Flag) -> str:
    """What a flag does, as a sentence."""
    return _sentence(flag.doc) or "a choice of equations."


def _sentence(phrase: str) -> str:
    return f"{phrase[0].upper()}{phrase[1:].rstrip('.')}." if phrase else ""


def initial_hypers(spec: Spec, program: Program) -> set[str]:
    """Hyper-parameters that give a state its first value, or decide whether it exists."""
    used = {name for let in program.initial for name in refs(let.expr)}
    used |= {f.nonzero for f in spec.flags if f.name in _of_states(spec, program)}
    return used & {i.name for i in program.input_of(Role.HYPER)}


def _of_states(spec: Spec, program: Program) -> set[str]:
    """The flags that first values, or states as such, depend on."""
    return {s.only_if for s in spec.states if s.only_if} | {n for let in program.initial for n in refs(let.expr)}


def coarse_states(program: Program) -> list[str]:
    """Sentences for a docstring on the states that are no tensors; none where all are."""
    together = program.spans_tensors
    alone = program.coarse_states(Rate.STEP, Rate.GLOBAL, *((Rate.TENSOR,) if not together else ()))
    text = [_are(alone, "is one number, in float64", "are one number each, in float64")]
    if together:
        number = "one number for each parameter, in float64"
        text.append(_are(program.coarse_states(Rate.TENSOR), f"is {number}", f"are {number}"))
    for rate, over in LINES_OF.items():
        line = {"rows": "row", "cols": "column", "outputs": "output"}[line_name(program.view, over)]
        number = f"one number for each {line}"
        text.append(_are(program.coarse_states(rate), f"has {number}", f"have {number}"))
    return wrapped(" ".join(filter(None, text)), indent=4)


def _are(states: Sequence[Input], one: str, many: str) -> str:
    """A sentence on some states; empty where there are none."""
    names = " and ".join(f"`{i.series}`" for i in states)
    return f"{names} {one if len(states) == 1 else many}." if names else ""


def check_hyper(names: list[str], used: set[str]) -> str:
    """The statement that checks all hyper-parameters, and keeps those that are used as Python floats."""
    if not names:
        return ""
    kept = ", ".join(n if n in used else "_" for n in names)
    before = "" if not used else f"{kept} = " if len(names) > 1 else f"({kept},) = "
    return call(f"{before}check_hyper(", ["HYPER", *(f"{n}={n}" for n in names)], ")", indent=4)


def check_flags(names: list[str]) -> str:
    """The statement that checks all flags."""
    return call("check_flags(", [f"{n}={n}" for n in names], ")", indent=4) if names else ""


def imports(module: str, names: set[str]) -> str:
    """The statement that takes names from a module of the runtime, classes first."""
    ordered = sorted(names, key=lambda name: (name[0].islower(), name))
    line = f"from .._runtime.{module} import {', '.join(ordered)}"
    return line if len(line) <= LINE_LENGTH else signature(f"from .._runtime.{module} import (", ordered, ")")
