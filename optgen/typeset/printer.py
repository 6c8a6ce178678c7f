"""Captured expressions as boxes of Unicode text, in the author's order."""

# SymPy finds a printing method by the name of the class it prints.
# ruff: noqa: N802, N815

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy
from sympy.printing.pretty.stringpict import stringPict
from sympy.printing.printer import Printer

from optgen.spec.functions import Absolute, MaxAbs, Norm
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import At, First, FlagSymbol, HyperSymbol
from optgen.spec.tex import Nucleus, constants, nucleus
from optgen.targets.latex.branches import Branch, inner_rows
from optgen.targets.latex.letters import OVER
from optgen.targets.latex.notation import exact
from optgen.targets.latex.products import Fractional, gathered, negated, terms
from optgen.targets.latex.rates import elementwise

from .forms import Form, brace, enclosed, fraction, power, root, row
from .letters import lowered, raised, symbol, text

_RELATIONS = {">": ">", "<": "<", ">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}
_NAMES = {"Maximum": "max", "Minimum": "min", "Cosine": "cos"}


class UnicodePrinter(Printer):  # type: ignore[misc]  # SymPy has no types
    """Prints the unevaluated trees of one spec as boxes.

    Args:
        spec: Whose symbols are printed.
        flat: Write fractions with a slash, and everything on one line.
    """

    printmethod = "_typeset"

    def __init__(self, spec: Spec, *, flat: bool = False) -> None:
        super().__init__()
        self._symbols = {s.name: nucleus(s.tex) for s in spec.series}
        self._symbols |= {h.name: nucleus(h.tex) for h in spec.hypers}
        self._param = next((text(s.tex) for s in spec.of_kind(Kind.PARAM)), "θ")
        self._timeless, self._elements, self._flat = constants(spec), elementwise(spec), flat

    def form(self, expr: Any) -> Form:
        """The expression as a box."""
        made = self._print(sympy.sympify(expr))
        return made if isinstance(made, stringPict) else stringPict(str(made))

    def terms(self, expr: Any) -> list[Form]:
        """The terms of a sum, each after the first with its sign before it."""
        forms: list[Form] = []
        for negative, term in terms(expr):
            part = self._factor(term) if term.is_Add or negated(term) else self.form(term)
            sign = ("− " if negative else "+ ") if forms else "−" if negative else ""
            forms.append(row(sign, part) if sign else part)
        return forms

    def cases(self, rows: Sequence[Branch], *, closed: bool = False) -> Form:
        """A brace with a row for each branch; on one line, the same in words."""
        found = [(self.form(r.value), self._case(r.conditions, first=r is rows[0])) for r in rows]
        if not self._flat:
            return brace(found, closed=closed)
        words = ", ".join(f"{value.picture[0]} {condition}" for value, condition in found)
        return stringPict("{" + words + "}")

    # Leaves.

    def symbol(self, atom: Any) -> Nucleus:
        """A symbol with the index of its time."""
        if isinstance(atom, At):
            time = {0: "t", None: "?"}.get(atom.lag) or f"t{-(atom.lag or 0):+d}"
            times = () if atom.series in self._timeless else ("0" if isinstance(atom, First) else time,)
            return self._symbols[atom.series].indexed(*times)
        return self._symbols[atom.name] if isinstance(atom, HyperSymbol) else nucleus(atom.name)

    def _print_Symbol(self, expr: Any) -> Form:
        return stringPict(symbol(self.symbol(expr)))

    def _print_SizeSymbol(self, expr: Any) -> Form:
        del expr
        return stringPict(f"dim {self._param}")

    def _print_Rational(self, expr: Any) -> Form:
        return stringPict(_number(expr))

    _print_Integer = _print_Float = _print_Rational

    def _print_Infinity(self, expr: Any) -> Form:
        del expr
        return stringPict("∞")

    def _print_Pi(self, expr: Any) -> Form:
        del expr
        return stringPict("π")

    # Sums and products.

    def _print_Add(self, expr: Any) -> Form:
        first, *more = self.terms(expr)
        return row(first, *(part for term in more for part in (" ", term)))

    def _print_Mul(self, expr: Any) -> Form:
        negative, groups = gathered(expr)
        made: Form | None = None
        for group in groups:
            if group.below:
                made = _times(made, self._quotient(group))
            for factor in () if group.below else group.above:
                made = _times(made, self._factor(factor))
        return row("−", made) if negative else made

    def _quotient(self, group: Fractional) -> Form:
        if not self._flat:
            return fraction(self._whole(group.above), self._whole(group.below))
        below = self._whole(group.below)
        simple = len(group.below) == 1 and not group.below[0].is_Add
        return row(self._product(group.above), " / ", below if simple else enclosed(below))

    def _whole(self, factors: Sequence[Any]) -> Form:
        """Factors above or below a line, where a single one needs no parentheses."""
        return self.form(factors[0]) if len(factors) == 1 else self._product(factors)

    def _product(self, factors: Sequence[Any]) -> Form:
        made: Form | None = None
        for factor in factors:
            made = _times(made, self._factor(factor))
        return stringPict("1") if made is None else made

    def _factor(self, factor: Any) -> Form:
        form = self.form(factor)
        slashed = self._flat and " / " in form.picture[0] and not form.picture[0].endswith(")")
        return enclosed(form) if factor.is_Add or negated(factor) or slashed else form

    # Powers.

    def _print_Pow(self, expr: Any) -> Form:
        base, exponent = expr.args
        if gathered(expr)[1][0].below:
            return self._print_Mul(expr)
        if exact(exponent) == Fraction(1, 2):
            return self._root(base)
        form = self.form(base)
        script = self._written(exponent)
        small = raised(script)
        closed = base.is_Symbol and not self.symbol(base).sup
        closed = closed or (base.is_Number and script.isdigit()) or isinstance(base, Norm | MaxAbs | Absolute)
        form = form if closed else enclosed(form)
        if small:
            return row(form, small) if form.height() == 1 else power(form, stringPict(script))
        return row(form, f"^({script})") if self._flat else power(form, stringPict(script))

    def _written(self, expr: Any) -> str:
        """An exponent, on one line."""
        before, self._flat = self._flat, True
        try:
            return str(self.form(expr).picture[0])
        finally:
            self._flat = before

    def _root(self, base: Any) -> Form:
        form = self.form(base)
        if form.height() == 1:
            return row("√", form if base.is_Symbol else enclosed(form))
        return root(form)

    # Functions.

    def _print_Function(self, expr: Any) -> Form:
        name = type(expr).__name__
        arguments = [self.form(a) for a in expr.args]
        parts = [part for a in arguments for part in (", ", a)][1:]
        return row(_NAMES.get(name, name.lower()), enclosed(row(*parts)))

    _print_exp = _print_log = _print_Function

    def _print_Normal(self, expr: Any) -> Form:
        del expr
        return stringPict("𝒩ₜ(0, 1)")

    def _print_Uniform(self, expr: Any) -> Form:
        del expr
        return stringPict("𝒰ₜ(0, 1)")

    def _print_Floor(self, expr: Any) -> Form:
        inner = self.form(expr.args[0])
        return row("⌊", inner, "⌋") if inner.height() == 1 else row("floor", enclosed(inner))

    def _print_Mod(self, expr: Any) -> Form:
        a, b = expr.args
        return row(self._factor(a), " mod ", self._factor(b))

    def _print_Absolute(self, expr: Any) -> Form:
        return enclosed(self.form(expr.args[0]), "|", "|")

    _print_Abs = _print_Absolute

    def _print_Norm(self, expr: Any) -> Form:
        return self._norm(expr, "2")

    def _print_MaxAbs(self, expr: Any) -> Form:
        return self._norm(expr, "∞")

    def _norm(self, expr: Any, kind: str) -> Form:
        inner = self.form(expr.args[0])
        closed = row("‖", inner, "‖") if inner.height() == 1 else row("norm", enclosed(inner))
        return row(closed, lowered(f"{kind},{OVER[expr.over]}" if expr.over in OVER else kind))

    def _print_Total(self, expr: Any) -> Form:
        return row(f"sum{_over(expr)}", enclosed(self.form(expr.args[0])))

    def _print_Mean(self, expr: Any) -> Form:
        return row(f"mean{_over(expr)}", enclosed(self.form(expr.args[0])))

    # Choices.

    def _print_Where(self, expr: Any) -> Form:
        return self.cases(inner_rows(expr, self._elements), closed=True)

    def _case(self, conditions: Sequence[Any], *, first: bool) -> str:
        """What stands beside a row, for conditions that all hold and those of no row before."""
        if not conditions:
            return "otherwise"
        parts = [self._condition(c, inside=len(conditions) > 1) for c in conditions]
        return f"{'' if first else 'else '}if {' and '.join(parts)}"

    def _condition(self, condition: Any, *, inside: bool = False) -> str:
        """A condition in words and relations."""
        match condition:
            case FlagSymbol():
                return str(condition.name)
            case sympy.Not():
                (denied,) = condition.args
                words = self._condition(denied)
                return f"not {words}" if isinstance(denied, FlagSymbol) else f"not ({words})"
            case sympy.And() | sympy.Or():
                word = " and " if isinstance(condition, sympy.And) else " or "
                words = word.join(self._condition(c, inside=True) for c in condition.args)
                return f"({words})" if inside else words
            case sympy.core.relational.Relational():
                a, b = map(self._written, condition.args)
                return f"{a} {_RELATIONS[condition.rel_op]} {b}"
        return self._written(condition)


def _over(expr: Any) -> str:
    """What a reduction goes over, where that is not the tensor."""
    return "" if expr.over == "tensor" else f"_{OVER[expr.over]}"


def _number(expr: Any) -> str:
    """A number as an author writes it."""
    ratio = exact(expr)
    value = float(expr)
    if ratio is not None and (ratio.denominator == 1 or expr.is_Rational) and abs(ratio) < 10**6:
        return str(ratio).replace("-", "−")
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa.replace("-", "−")
    scaled = "10" + raised(str(int(exponent)))
    return scaled if mantissa in ("1", "1.0") else f"{mantissa.removesuffix('.0')}·{scaled}".replace("-", "−")


def _times(left: Form | None, right: Form) -> Form:
    """Two factors side by side: with a dot where they would run together."""
    if left is None:
        return right
    if left.height() > 1 or right.height() > 1:
        return row(left, " · ", right)
    before, after = left.picture[0], right.picture[0]
    words = _is_word(before.split(" ")[-1]) or _is_word(after)
    if after[0] in "(√0123456789" or before[-1] == ")" or words:
        return row(left, "·", right)
    return row(left, " ", right)


def _is_word(name: str) -> bool:
    """Whether a name has more than one letter or digit, besides accents and scripts."""
    return sum(unicodedata.category(letter) in ("Ll", "Lu", "Nd") for letter in name) > 1
