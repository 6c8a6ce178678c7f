"""The equations of a spec in a width of so many columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optgen.spec.model import Equation, Kind, Spec
from optgen.spec.symbols import At
from optgen.targets.latex.branches import lifted
from optgen.targets.latex.rates import elementwise

from .forms import Form, columns, in_unicode, row
from .printer import UnicodePrinter

_INDENT = 4
_NOTE = "    if "


@dataclass(frozen=True)
class Display:
    """One equation, ready to be printed.

    Attributes:
        left: What is assigned.
        lines: The right-hand side: boxes below each other, each of lines of one width.
        baseline: The line that stands beside the left side.
        note: The flag without which the equation does not exist, or "".
    """

    left: str
    lines: tuple[str, ...]
    baseline: int
    note: str = ""


def displays(spec: Spec, width: int) -> list[Display]:
    """The equations of a spec in the author's order.

    Args:
        spec: A captured spec.
        width: Columns that there are for an equation; longer ones are broken.
    """
    with in_unicode():
        printer = UnicodePrinter(spec)
        left = [str(printer.form(e.lhs).picture[0]) for e in spec.equations]
        points = {s.at: str(printer.form(At(s.name, 0)).picture[0]) for s in spec.of_kind(Kind.GRAD) if s.at}
        room = width - max((columns(text) for text in left), default=0) - len(" = ")
        found = []
        for text, equation in zip(left, spec.equations, strict=True):
            note = _note(spec, equation)
            forms = _right(spec, equation, room - (len(note) + len(_NOTE) if note else 0))
            lines = tuple(line for form in forms for line in form.picture)
            found.append(Display(text, lines, forms[0].baseline, note))
            if equation.lhs.series in points:
                found.append(Display(points[equation.lhs.series], (f"∇f({text})",), 0))
        return found


def _note(spec: Spec, equation: Equation) -> str:
    """The flag without which the state of an equation does not exist."""
    return next((s.only_if for s in spec.states if s.name == equation.lhs.series and s.only_if), "")


def _right(spec: Spec, equation: Equation, room: int) -> list[Form]:
    """The right-hand side: in two dimensions where that fits, else in lines that do, as far as it breaks."""
    rows = lifted(equation.rhs, elementwise(spec))
    for flat in (False, True):
        printer = UnicodePrinter(spec, flat=flat)
        whole = printer.cases(rows) if len(rows) > 1 and not flat else printer.form(equation.rhs)
        if whole.width() <= room:
            return [whole]
        lines = list(_filled(printer.terms(equation.rhs), room))
        if max(line.width() for line in lines) <= room:
            return lines
    return list(_folded(UnicodePrinter(spec, flat=True).form(equation.rhs).picture[0], room))


def _filled(forms: list[Form], room: int) -> Iterator[Form]:
    """Terms on as few lines as they fit on, those after the first indented."""
    line = forms[0]
    for form in forms[1:]:
        longer = row(line, " ", form)
        if longer.width() <= room:
            line = longer
        else:
            yield line
            line = row(" " * _INDENT, form)
    yield line


def _folded(text: str, room: int) -> Iterator[Form]:
    """A line of words, broken at spaces."""
    import textwrap

    yield from (row(line) for line in textwrap.wrap(text, max(room, 20), subsequent_indent=" " * _INDENT))


def plain_text(spec: Spec, width: int = 100) -> str:
    """The equations of a spec below each other, as text."""
    found = displays(spec, width)
    left = max((columns(d.left) for d in found), default=0)
    blocks = []
    for display in found:
        lines = []
        for at, line in enumerate(display.lines):
            base = at == display.baseline
            head = display.left + " " * (left - columns(display.left)) + " = " if base else " " * (left + 3)
            lines.append((head + line + (_NOTE + display.note if base and display.note else "")).rstrip())
        blocks.append("\n".join(lines))
    return "\n".join(blocks)
