"""What a page says about a spec besides its equations, as finished lines for the template."""

from __future__ import annotations

from collections.abc import Sequence

from optgen.spec.model import HyperParameter, Series, Spec

from .equations import LINE_WIDTH, EquationRow
from .notation import escaped, nucleus, number

_BELOW = {"ge": r"\ge", "gt": ">"}
_ABOVE = {"le": r"\le", "lt": "<"}
_MOST_LINES = 12
# Average widths in em, and the column "Default" with the space beside it.
_CODE_LETTER = 0.53
_LETTER = 0.47
_DEFAULT_COLUMN = 6.0


def aligned_lines(rows: Sequence[EquationRow]) -> list[str]:
    """The rows of an `align` environment; a broken equation stays on its page, numbered at its last line."""
    lines = []
    for row in rows:
        first, *more = row.lines
        note = rf" \quad {row.note}" if row.note else ""
        parts = [f"{row.lhs} &= {first}", *(rf"&\qquad {{}} {line}" for line in more)]
        lines += [rf"{part} \notag \\*" for part in parts[:-1]]
        lines.append(rf"{parts[-1]}{note} \\")
    return [*lines[:-1], lines[-1].removesuffix(r" \\")] if lines else []


def page_breaks(lines: Sequence[str]) -> str:
    """What lets a long display go on over the page; a short one is moved to the next page whole."""
    return r"\allowdisplaybreaks[1]" if len(lines) > _MOST_LINES else ""


def hyper_rows(spec: Spec) -> list[tuple[str, str, str, str]]:
    """Symbol, name, default and domain of each hyper-parameter, as LaTeX for text."""
    return [
        (f"${nucleus(h.tex)}$", _code(h.name), f"${number(h.default, inline=True)}$", domain(h)) for h in spec.hypers
    ]


def domain(hyper: HyperParameter) -> str:
    r"""The values that a hyper-parameter may have: `$[0, 1)$`, `$\ge 0$`, or "any"."""
    below = [(relation, number(value)) for relation, value in hyper.bounds if relation in _BELOW]
    above = [(relation, number(value)) for relation, value in hyper.bounds if relation in _ABOVE]
    if len(below) == len(above) == 1:
        opening = "[" if below[0][0] == "ge" else "("
        closing = "]" if above[0][0] == "le" else ")"
        return f"${opening}{below[0][1]}, {above[0][1]}{closing}$"
    bounds = [f"${(_BELOW | _ABOVE)[relation]} {value}$" for relation, value in (*below, *above)]
    return ", ".join(bounds) or "any"


def flag_rows(spec: Spec) -> list[tuple[str, str, str]]:
    """Name, default and effect of each flag, as LaTeX for text."""
    return [(_code(f.name), "on" if f.default else "off", escaped(f.doc)) for f in spec.flags]


def flag_table(spec: Spec, line_width: float = LINE_WIDTH) -> tuple[str, list[str]]:
    """Columns and rows of the table of flags; effects are paragraphs where one is longer than its line.

    Args:
        spec: A captured spec.
        line_width: Width of the text in em.
    """
    rows = flag_rows(spec)
    name = _CODE_LETTER * max((len(f.name) for f in spec.flags), default=0)
    room = line_width - name - _DEFAULT_COLUMN
    if _LETTER * max((len(f.doc) for f in spec.flags), default=0) <= room:
        return "lll", table_lines(rows)
    ragged = [(name, default, rf"\raggedright {effect}") for name, default, effect in rows]
    return f"llp{{{room:.1f}em}}", table_lines(ragged, end=r"\tabularnewline")


def initial_values(spec: Spec) -> list[str]:
    """What each state is before the first step, as LaTeX for text; states under a flag say so."""
    return [
        _initial(spec, state) + (f" (only if {escaped(state.only_if)})" if state.only_if else "")
        for state in spec.states
    ]


def _initial(spec: Spec, state: Series) -> str:
    symbol = str(nucleus(state.tex).indexed("0"))
    hypers = {h.name: str(nucleus(h.tex)) for h in spec.hypers}
    value = hypers[state.init] if isinstance(state.init, str) else number(state.init)
    # A hyper-parameter may have the very symbol of the first value.
    return f"${symbol}$ as given" if value == symbol else f"${symbol} = {value}$"


def _code(name: str) -> str:
    return rf"\texttt{{{escaped(name)}}}"


def table_lines(rows: Sequence[tuple[str, ...]], end: str = r"\\") -> list[str]:
    r"""The rows of a `tabular` environment; `end` is for paragraphs, in which `\\` has another meaning."""
    return [f"{' & '.join(row)} {end}" for row in rows]


def sentence(items: Sequence[str]) -> str:
    """An enumeration in words: `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
