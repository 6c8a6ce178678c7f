"""An optimizer, schedule or transform as an algorithm: what is given, what is kept, and numbered steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optgen.problems import Location
from optgen.spec.model import Kind, Spec, SpecKind
from optgen.spec.symbols import At
from optgen.spec.tex import nucleus
from optgen.targets.latex import EquationRow, equation_rows, layout
from optgen.targets.latex.printer import FormulaPrinter

WIDTH = 39.5
"""Of equations in em, with what stands beside them: longer ones are broken."""

_MOST_LINES = 26


@dataclass(frozen=True)
class Algorithm:
    """What a template lays out.

    Attributes:
        given: What the user gives, a line each, as LaTeX for text.
        begin: What is there before the first step, as LaTeX for text; empty for nothing.
        loop: Whether there are steps over time.
        lines: Of the `align` environment, each with the place of its equation in front.
        result: What it gives, as LaTeX for math mode.
        breaks: Whether it is long enough to go on over the page.
    """

    given: tuple[str, ...]
    begin: str
    loop: bool
    lines: tuple[str, ...]
    result: str
    breaks: bool


def algorithm(spec: Spec, shown: Callable[[Location], str]) -> Algorithm:
    """The algorithm of a captured spec.

    Args:
        spec: The spec.
        shown: What stands for a place in the tree.
    """
    first = () if _has_point(spec) or not spec.of_kind(Kind.GRAD) else (_gradient(spec),)
    rows = [*first, *equation_rows(spec, WIDTH)]
    lines = numbered(rows, spec.location, shown)
    is_schedule = spec.kind is SpecKind.SCHEDULE
    value = spec.of_kind(Kind.FACTOR)[0] if is_schedule else spec.param
    initial = layout.sentence(layout.initial_values(spec))
    long = sum(line.count(r"\\") for line in lines) >= _MOST_LINES
    return Algorithm(
        given=tuple(_given(spec)),
        begin=initial,
        loop=not is_schedule,
        lines=tuple(lines),
        result=FormulaPrinter(spec).formula(At(value.name, 0)),
        breaks=long,
    )


def numbered(rows: Sequence[EquationRow], place: Location, shown: Callable[[Location], str]) -> list[str]:
    """Rows of an `align` environment with the number of the step at the first line of each.

    Args:
        rows: Equations.
        place: Of those that have none.
        shown: What stands for a place in the tree.
    """
    found = []
    for number, row in enumerate(rows, 1):
        note = rf" \quad {row.note}" if row.note else ""
        parts = [f"{row.lhs} &= {row.lines[0]}", *(rf"&\qquad {{}} {line}" for line in row.lines[1:])]
        parts[-1] += note
        marks = [rf" \tag*{{\bookstep{{{number}}}}}", *([r" \notag"] * (len(parts) - 1))]
        found.append(f"%@ {shown(row.location or place)}")
        found += [rf"{part}{mark} \\*" for part, mark in zip(parts, marks, strict=True)]
        found[-1] = found[-1].removesuffix("*")
    if found:
        found[-1] = found[-1].removesuffix(r" \\")
    return found


def _has_point(spec: Spec) -> bool:
    return any(s.at for s in spec.of_kind(Kind.GRAD))


def _gradient(spec: Spec) -> EquationRow:
    formula = FormulaPrinter(spec).formula
    return EquationRow(formula(At(spec.grad.name, 0)), (rf"\nabla f({formula(At(spec.param.name, 1))})",))


def _given(spec: Spec) -> list[str]:
    symbols = ", ".join(f"${nucleus(h.tex)}$" for h in spec.hypers)
    found = []
    if spec.kind is SpecKind.SCHEDULE:
        found.append("the number of the step $t = 1, 2, \\dots$")
    else:
        found.append(f"parameter ${nucleus(spec.param.tex).indexed('0')}$, function $f$")
    if symbols:
        found.append(f"hyper-parameters {symbols}")
    formula = FormulaPrinter(spec).formula
    inputs = [rf"${formula(At(s.name, 0))}$ (\texttt{{{s.name.replace('_', chr(92) + '_')}}})"
              for s in spec.of_kind(Kind.INPUT)]  # fmt: skip
    if inputs:
        found.append(f"at each step also {layout.sentence(inputs)}")
    return found
