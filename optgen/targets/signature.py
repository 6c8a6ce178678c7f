"""Signatures and docstrings that the generated modules share."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable

from optgen.ir.nodes import guard_text
from optgen.spec.model import HyperParameter, Kind, Spec

from .base import Unit
from .layout import LINE_LENGTH, call, layout, signature
from .printer import EquationPrinter

WIDTH = 106


def hyper_parameters(spec: Spec) -> list[str]:
    """Keyword-only parameters with types and defaults: hyper-parameters, then flags."""
    keywords = [f"{h.name}: float = {_literal(h.default)}" for h in spec.hypers]
    keywords += [f"{f.name}: bool = {f.default!r}" for f in spec.flags]
    return ["*", *keywords] if keywords else []


def step_parameters(spec: Spec, kind: str) -> list[str]:
    """The keyword-only parameters of a step: further tensors, which have no default, then hyper-parameters and flags.

    Args:
        spec: The optimizer.
        kind: Type of a tensor.
    """
    tensors = [f"{s.name}: {kind}" for s in spec.of_kind(Kind.INPUT)]
    others = hyper_parameters(spec)
    return ["*", *tensors, *others[1:]] if tensors else others


def _literal(number: float) -> str:
    """A number as Python reads it."""
    return repr(number) if math.isfinite(number) else f'float("{number}")'


def _plain(number: float) -> str:
    """A number as people write it: 0 for 0.0."""
    return repr(number).removesuffix(".0")


def bounds(hyper: HyperParameter) -> str:
    """The domain in words of mathematics: `0 <= beta1 < 1`."""
    signs = {"ge": "<=", "gt": "<", "le": "<=", "lt": "<"}
    low = "".join(f"{_plain(b)} {signs[r]} " for r, b in hyper.bounds if r in ("ge", "gt"))
    high = "".join(f" {signs[r]} {_plain(b)}" for r, b in hyper.bounds if r in ("le", "lt"))
    return f"{low}{hyper.name}{high}"


def domain(hyper: HyperParameter) -> str:
    """The domain as a call: `Domain(ge=0, lt=1)`."""
    return f"Domain({', '.join(f'{relation}={_literal(bound)}' for relation, bound in hyper.bounds)})"


def state_names(spec: Spec) -> str:
    """The states as a dict display: name, and whether the flags in scope want it."""
    return "{" + ", ".join(f'"{s.name}": {s.only_if or "True"}' for s in spec.states) + "}"


def input_names(spec: Spec) -> list[str]:
    """The further tensors as a keyword argument: name and value; none without any."""
    names = ", ".join(f'"{s.name}": {s.name}' for s in spec.of_kind(Kind.INPUT))
    return [f"inputs={{{names}}}"] if names else []


def equations(unit: Unit) -> list[str]:
    """The update as the spec writes it, one equation a line, in plain text."""
    program = unit.program
    names = {i.name: f"{i.series}[t-1]" if i.name != i.series else i.name for i in program.inputs}
    names |= {s.name: f"{s.name}[t]" for s in unit.spec.series}
    printer = EquationPrinter({}, names)
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


def hyper_docs(spec: Spec) -> list[str]:
    """One line a hyper-parameter and flag, for an `Args:` section."""
    lines = [f"{h.name}: {bounds(h)}." for h in spec.hypers]
    for f in spec.flags:
        lines += wrapped(f"{f.name}: {_sentence(f.doc) or 'a choice of equations.'}", indent=8, hanging=4)
    return lines


def _sentence(phrase: str) -> str:
    return f"{phrase[0].upper()}{phrase[1:].rstrip('.')}." if phrase else ""


def initial_hypers(spec: Spec) -> set[str]:
    """Hyper-parameters that give a state its first value."""
    return {s.init for s in spec.states if isinstance(s.init, str)}


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
