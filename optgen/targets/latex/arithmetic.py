"""Symbols, numbers and arithmetic as LaTeX, in the author's order."""

# SymPy finds a printing method by the name of the class it prints.
# ruff: noqa: N802, N815

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter

from optgen.spec.functions import Absolute, MaxAbs, Mean, Norm, Total
from optgen.spec.model import Spec
from optgen.spec.symbols import At, First, HyperSymbol
from optgen.spec.tex import Nucleus, braced, constants, nucleus

from .compose import delimited, opened, stacked
from .notation import exact, number
from .products import Fractional, gathered, negated, terms
from .rates import elementwise
from .width import width

_NUMBER_LAST = re.compile(r"(^|\s)[\d.]+$")
_WORD_LAST = re.compile(r"\\mathrm\{[^{}]*\}([_^](\{[^{}]*\}|.))*$")


class ArithmeticPrinter(LatexPrinter):  # type: ignore[misc]  # SymPy has no types
    """Prints symbols, numbers, sums, products and powers; SymPy's own printer does what nobody else knows.

    Args:
        spec: Whose symbols are printed.
        limit: Sums in parentheses that are wider than this many em are stacked; never where None.
    """

    def __init__(self, spec: Spec, limit: float | None = None) -> None:
        super().__init__({"order": "none"})
        self._symbols = {s.name: nucleus(s.tex) for s in spec.series}
        self._symbols |= {h.name: nucleus(h.tex) for h in spec.hypers}
        self._timeless = constants(spec)
        self._elements = elementwise(spec)
        self._limit = limit
        self._indices: tuple[str, ...] = ()
        self._depth = 0
        self._inline = False
        self._known: dict[tuple[Any, ...], tuple[Any, str]] = {}

    def formula(self, expr: Any) -> str:
        """The expression as LaTeX for math mode."""
        # Sums that are too wide are printed again term by term, at every depth; their parts are not.
        key = (id(expr), self._indices, self._depth, self._inline)
        if key not in self._known:
            self._known[key] = expr, str(self._print(sympy.sympify(expr)))
        return self._known[key][1]

    def terms(self, expr: Any) -> list[str]:
        """The terms of a sum, each after the first with its sign before it."""
        printed: list[str] = []
        for negative, term in terms(expr):
            text = self._factor(term, last=True) if term.is_Add or negated(term) else self.formula(term)
            sign = "-" if negative else "+" if printed else ""
            printed.append(f"{sign} {text}" if printed else sign + text)
        return printed

    # Leaves.

    def symbol(self, atom: Any) -> Nucleus:
        """A symbol with its indices."""
        if isinstance(atom, At):
            time = {0: "t", None: "?"}.get(atom.lag) or f"t{-(atom.lag or 0):+d}"
            time = "0" if isinstance(atom, First) else time
            times = () if atom.series in self._timeless else (time,)
            elements = self._indices if atom.series in self._elements else ()
            return self._symbols[atom.series].indexed(*times, *elements)
        return self._symbols[atom.name] if isinstance(atom, HyperSymbol) else nucleus(atom.name)

    def _print_Symbol(self, expr: Any, **_: Any) -> str:
        return str(self.symbol(expr))

    def _print_Rational(self, expr: Any) -> str:
        return number(Fraction(int(expr.p), int(expr.q)), inline=self._inline)

    _print_Integer = _print_Rational

    def _print_Float(self, expr: Any) -> str:
        return number(float(expr), inline=self._inline)

    # Sums and products.

    def _print_Add(self, expr: Any, **_: Any) -> str:
        return " ".join(self.terms(expr))

    def _print_Mul(self, expr: Any) -> str:
        negative, groups = gathered(expr)
        text = ""
        for i, group in enumerate(groups):
            last = i == len(groups) - 1
            part = self._quotient(group) if group.below else self._factors(group.above, last=last)
            if self._inline and group.below and len(groups) > 1:
                part = delimited("(", part, ")")
            text = _times(text, part)
        return f"-{text}" if negative else text

    def _quotient(self, group: Fractional) -> str:
        if not self._inline:
            return rf"\frac{{{self._whole(group.above) or '1'}}}{{{self._whole(group.below)}}}"
        above = self._factors(group.above, last=False) or "1"
        below = self._factors(group.below, last=False)
        return f"{above}/({below})" if len(group.below) > 1 else f"{above}/{below}"

    def _whole(self, factors: Sequence[Any]) -> str:
        """Factors above or below the line of a fraction, where a single one needs no parentheses."""
        return opened(self.formula(factors[0]) if len(factors) == 1 else self._factors(factors, last=True))

    def _factors(self, factors: Sequence[Any], *, last: bool) -> str:
        text = ""
        for i, factor in enumerate(factors):
            text = _times(text, self._factor(factor, last=last and i == len(factors) - 1))
        return text

    def _factor(self, factor: Any, *, last: bool) -> str:
        """A factor, in parentheses where it would take in or lose what stands beside it."""
        text = self.formula(factor)
        sums = isinstance(factor, Total) or (isinstance(factor, Mean) and factor.over == "tensor")
        open_ended = sums and not last
        slashed = self._inline and "/" in text
        apart = factor.is_Add or negated(factor) or open_ended or slashed
        return self._enclosed(factor, text) if apart else text

    # Powers.

    def _print_Pow(self, expr: Any) -> str:
        base, exponent = expr.args
        if gathered(expr)[1][0].below:
            return self._print_Mul(expr)
        ratio = exact(exponent)
        if ratio is not None and ratio.numerator == 1 and ratio.denominator > 1:
            degree = "" if ratio.denominator == 2 else f"[{ratio.denominator}]"
            return rf"\sqrt{degree}{{{opened(self.formula(base))}}}"
        return self._raised(base, self._script(exponent))

    def _raised(self, base: Any, exponent: str) -> str:
        if base.is_Symbol:
            return self.symbol(base).power(exponent)
        text = self.formula(base)
        digits = base.is_Number and text.replace(".", "").isdigit()
        closed = digits or isinstance(base, Norm | MaxAbs | Absolute)
        return (text if closed else self._enclosed(base, text)) + f"^{braced(exponent)}"

    def _script(self, expr: Any) -> str:
        """An exponent: small, so that its fractions are written with a slash."""
        before, self._inline = self._inline, True
        text = self.formula(expr)
        self._inline = before
        return text

    # Long sums.

    def _enclosed(self, expr: Any, text: str) -> str:
        return delimited("(", self._fitted(expr, text), ")")

    def _fitted(self, expr: Any, text: str) -> str:
        """The text of an expression; a sum that is wider than the limit is stacked."""
        if self._limit is None or not expr.is_Add or width(text) <= self._limit:
            return text
        return stacked(self.terms(expr), self._limit)


def _times(left: str, right: str) -> str:
    """Two factors side by side, with a dot before digits or a sign and a space beside a word."""
    if not left:
        return right
    signed = right.startswith(("(-", r"\left(-"))
    mixed = _NUMBER_LAST.search(left) and right.startswith(r"\frac{") and right[6:7].isdigit()
    if right[0].isdigit() or signed or mixed:
        return rf"{left} \cdot {right}"
    word = _WORD_LAST.search(left) or right.startswith(r"\mathrm")
    return rf"{left} \, {right}" if word else f"{left} {right}"
