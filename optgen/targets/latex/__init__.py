"""LaTeX: the equations as the paper prints them, with the tables that a reader needs beside them."""

from __future__ import annotations

from optgen.spec.model import Spec
from optgen.targets.base import Unit, header, render

from . import layout
from .equations import EquationRow, equation_rows
from .printer import expression

__all__ = ["TARGET", "EquationRow", "LatexTarget", "equation_rows", "expression", "render_equations"]

_TEMPLATE = "latex/equations.tex.j2"


def render_equations(spec: Spec, header: str) -> str:
    r"""The text of `equations.tex`, to be read with `\input` by a document that loads amsmath.

    Args:
        spec: A captured spec without problems.
        header: First line, without the comment sign.
    """
    lines = layout.aligned_lines(equation_rows(spec))
    return render(
        _TEMPLATE,
        {
            "header": header,
            "page_breaks": layout.page_breaks(lines),
            "equations": lines,
            "notes": layout.notes(spec),
            "hypers": layout.hyper_table(spec),
            "flags": layout.flag_table(spec),
        },
    )


class LatexTarget:
    """Makes `equations.tex` from the captured equations."""

    name = "latex"
    reserved: frozenset[str] = frozenset()

    def render(self, unit: Unit) -> dict[str, str]:
        """The files for one optimizer: name and finished text."""
        return {"equations.tex": render_equations(unit.spec, header(unit, _TEMPLATE))}


TARGET = LatexTarget()
