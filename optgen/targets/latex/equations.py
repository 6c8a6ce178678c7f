"""The equations of a spec as rows of an aligned display."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optgen.problems import Location
from optgen.spec.model import Equation, Kind, Spec
from optgen.spec.symbols import At

from .branches import Branch, lifted
from .compose import filled, opened
from .notation import escaped
from .printer import FormulaPrinter
from .rates import elementwise
from .width import width

LINE_WIDTH = 34.5
"""Width of a text line in em: article at 10pt."""

_TAG = 3.5
_RELATION = 1.3
_CONTINUED = 2.5
_SMALLEST = 8.0


@dataclass(frozen=True)
class EquationRow:
    """One equation, ready for alignment at its equals sign.

    Attributes:
        lhs: What is assigned.
        lines: The right-hand side; more than one line where one would be too wide.
        note: When the equation counts, as LaTeX for math mode, or "".
        location: Where the spec has it; None for what follows from a declaration.
    """

    lhs: str
    lines: tuple[str, ...]
    note: str = ""
    location: Location | None = None


def equation_rows(spec: Spec, line_width: float = LINE_WIDTH) -> list[EquationRow]:
    """The equations of a spec in the author's order.

    Args:
        spec: A captured spec.
        line_width: Width of the text in em; longer equations are broken.
    """
    left = [FormulaPrinter(spec).formula(equation.lhs) for equation in spec.equations]
    space = line_width - max(map(width, left), default=0.0) - _RELATION - _TAG
    points = {s.at: FormulaPrinter(spec).formula(At(s.name, 0)) for s in spec.of_kind(Kind.GRAD) if s.at}
    rows = []
    for lhs, equation in zip(left, spec.equations, strict=True):
        note = _note(spec, equation)
        lines = right_hand_side(spec, equation, space - (width(note) + 1 if note else 0))
        rows.append(EquationRow(lhs, tuple(lines), note, equation.location))
        if equation.lhs.series in points:
            rows.append(EquationRow(points[equation.lhs.series], (rf"\nabla f({lhs})",)))
    return rows


def _note(spec: Spec, equation: Equation) -> str:
    """The flag without which the state of an equation does not exist."""
    flags = [s.only_if for s in spec.states if s.name == equation.lhs.series and s.only_if]
    return rf"\text{{if {escaped(flags[0])}}}" if flags else ""


def right_hand_side(spec: Spec, equation: Equation, space: float) -> list[str]:
    """The right-hand side in lines that fit a space in em, as far as it breaks.

    A small choice inside it becomes the cases of the whole where they fit: that is how papers print it.
    """
    *lines, last = _lines(spec, equation, space)
    return [*lines, opened(last)]


def _lines(spec: Spec, equation: Equation, space: float) -> list[str]:
    printer = FormulaPrinter(spec)
    rows = lifted(equation.rhs, elementwise(spec))
    if len(rows) > 1:
        text = printer.cases(rows, display=True)
        if width(text) <= space:
            return [text]
    lines = filled(printer.terms(equation.rhs), space)
    if max(map(width, lines)) + (_CONTINUED if len(lines) > 1 else 0) <= space:
        return lines
    return _narrow(spec, equation, rows, space)


def _narrow(spec: Spec, equation: Equation, rows: Sequence[Branch], space: float) -> list[str]:
    """Stack sums inside parentheses and inside cases, in ever less room, until all fits or nothing helps."""
    room = space - _CONTINUED
    lines: list[str] = []
    limit = room
    while limit > _SMALLEST:
        limit *= 0.85
        printer = FormulaPrinter(spec, limit)
        whole = len(rows) > 1 and len(printer.terms(equation.rhs)) == 1
        lines = [printer.cases(rows, display=True)] if whole else filled(printer.terms(equation.rhs), room)
        if max(map(width, lines)) <= room:
            break
    return lines
