"""What a page says about a spec besides its equations, as finished lines for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optgen.spec.model import HyperParameter, Series, Spec
from optgen.spec.tex import nucleus

from .equations import EquationRow
from .letters import count_sentence, over_sentences
from .notation import escaped, number
from .printer import expression
from .width import width

_BELOW = {"ge": r"\ge", "gt": ">"}
_ABOVE = {"le": r"\le", "lt": "<"}
_MOST_LINES = 12
# Average widths in em, and the space between two columns of a table.
_CODE_LETTER = 0.53
_LETTER = 0.5
_SPACE = 1.2
_SYMBOL, _NAME, _DEFAULT, _DOMAIN = 3.3, 7.3, 3.2, 3.3
_PARAGRAPH = r"p{\optgencolumn}"
_BREAK = (r"\_", r"\_\allowbreak ")
_NARROW = 22.0
"""Tables up to this width in em fit every page, even in two columns."""


def aligned_lines(rows: Sequence[EquationRow]) -> list[str]:
    """The rows of an `align` environment; a broken equation is numbered at its last line.

    It stays on its page, unless it is about as long as one.
    """
    lines = []
    for row in rows:
        first, *more = row.lines
        note = rf" \quad {row.note}" if row.note else ""
        parts = [f"{row.lhs} &= {first}", *(rf"&\qquad {{}} {line}" for line in more)]
        whole = r"\\*" if sum(part.count(r"\\") + 1 for part in parts) <= 2 * _MOST_LINES else r"\\"
        lines += [rf"{part} \notag {whole}" for part in parts[:-1]]
        lines.append(rf"{parts[-1]}{note} \\")
    return [*lines[:-1], lines[-1].removesuffix(r" \\")] if lines else []


def page_breaks(lines: Sequence[str]) -> str:
    """What lets a long display go on over the page; a short one is moved to the next page whole."""
    return r"\allowdisplaybreaks[1]" if sum(line.count(r"\\") for line in lines) >= _MOST_LINES else ""


@dataclass(frozen=True)
class Table:
    """A `tabular` environment.

    Attributes:
        columns: What it says of its columns.
        rows: Its lines below the heading.
        before: What TeX computes first.
    """

    columns: str
    rows: list[str]
    before: tuple[str, ...] = ()


def _fitting(natural: float, others: float) -> tuple[str, ...]:
    """What computes the width of a column: in em where there is room beside the others, and else what is left.

    The width is a macro, because the package array takes no conditions among its columns. Empty where the table fits
    any page.
    """
    total = natural + others
    if total <= _NARROW:
        return ()
    left = rf"\dimexpr\linewidth-{others:.1f}em\relax"
    return (
        rf"\def\optgencolumn{{{natural:.1f}em}}",
        rf"\ifdim\linewidth<{total:.1f}em \def\optgencolumn{{{left}}}\fi",
    )


def hyper_rows(spec: Spec) -> list[tuple[str, str, str, str]]:
    """Symbol, name, default and domain of each hyper-parameter, as LaTeX for text."""
    return [
        (f"${nucleus(h.tex)}$", _code(h.name), f"${number(h.default, inline=True)}$", domain(h)) for h in spec.hypers
    ]


def hyper_table(spec: Spec) -> Table:
    """The table of hyper-parameters; long names are broken where the page is narrow."""
    rows = hyper_rows(spec)
    others = 3 * _SPACE
    for heading, i in ((_SYMBOL, 0), (_DEFAULT, 2), (_DOMAIN, 3)):
        others += max([heading, *(width(row[i].replace("$", "")) for row in rows)])
    before = _fitting(max([_NAME, *(_CODE_LETTER * len(h.name) for h in spec.hypers)]), others)
    if before:
        rows = [(a, rf"\raggedright {name.replace(*_BREAK)}", b, c) for a, name, b, c in rows]
    return Table(rf"l{_PARAGRAPH if before else 'l'}ll", table_lines(rows), before)


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


def flag_table(spec: Spec) -> Table:
    """The table of flags; effects are paragraphs where they are long."""
    rows = flag_rows(spec)
    name = _CODE_LETTER * max((len(f.name) for f in spec.flags), default=0)
    before = _fitting(_LETTER * max((len(f.doc) for f in spec.flags), default=0), name + _DEFAULT + 2 * _SPACE)
    if not before:
        return Table("lll", table_lines(rows))
    ragged = [(name, default, rf"\raggedright {effect}") for name, default, effect in rows]
    return Table(f"ll{_PARAGRAPH}", table_lines(ragged, end=r"\tabularnewline"), before)


def notes(spec: Spec) -> str:
    """What the equations leave open, in sentences."""
    count, initial = count_sentence(spec), sentence(initial_values(spec))
    return " ".join(filter(None, [count, over_sentences(spec), f"Initial state: {initial}." if initial else ""]))


def initial_values(spec: Spec) -> list[str]:
    """What each state is before the first step, as LaTeX for text; states under a flag say so."""
    return [
        _initial(spec, state) + (f" (only if {escaped(state.only_if)})" if state.only_if else "")
        for state in spec.states
    ]


def _initial(spec: Spec, state: Series) -> str:
    symbol = str(nucleus(state.tex).indexed("0"))
    hypers = {h.name: str(nucleus(h.tex)) for h in spec.hypers}
    written = next((e for e in spec.initial if e.lhs.series == state.name), None)
    if written is not None:
        return f"${symbol} = {expression(spec, written.rhs)}$"
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
