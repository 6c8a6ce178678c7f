"""Captured expressions as LaTeX: functions, reductions and cases on top of arithmetic."""

# SymPy finds a printing method by the name of the class it prints.
# ruff: noqa: N802, N815

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from optgen.spec.model import Kind, Spec
from optgen.spec.tex import braced

from .arithmetic import ArithmeticPrinter
from .branches import Branch, inner_rows
from .cases import block
from .compose import CLOSING, OPENING, delimited, opened, stacked
from .conditions import NARROWEST, ConditionPrinter
from .letters import OVER, free_count, free_indices
from .width import width

_KNOWN = {"sin", "cos", "tan", "sinh", "cosh", "tanh"}


def expression(spec: Spec, expr: Any) -> str:
    """A captured expression as LaTeX for math mode.

    Args:
        spec: Whose symbols it uses.
        expr: An unevaluated SymPy expression or a number.
    """
    return opened(FormulaPrinter(spec).formula(expr))


class FormulaPrinter(ArithmeticPrinter):
    """Prints the unevaluated trees of one spec.

    Args:
        spec: Whose symbols are printed.
        limit: Sums in parentheses that are wider than this many em are stacked; never where None.
    """

    def __init__(self, spec: Spec, limit: float | None = None) -> None:
        super().__init__(spec, limit)
        self._letters, self._count = free_indices(spec), free_count(spec)
        self._param = next((s.tex for s in spec.of_kind(Kind.PARAM)), r"\theta")
        self._condition = ConditionPrinter(self.formula)

    def cases(self, rows: Sequence[Branch], *, display: bool = False) -> str:
        """A `cases` block.

        Args:
            rows: Its rows; each holds where its conditions do and those of the rows above do not.
            display: Print tall rows in display style, as an equation of their own.
        """
        values = [self._fitted(row.value, self.formula(row.value)) for row in rows]
        room = None if self._limit is None else max(self._limit - max(map(width, values)), NARROWEST)
        conditions = [self._condition.case(r.conditions, first=r is rows[0], limit=room) for r in rows]
        return block(list(zip(values, conditions, strict=True)), display=display)

    # Functions.

    def _print_Where(self, expr: Any) -> str:
        """A choice inside a formula, with a brace on either side; an equation ends without the right one."""
        cases = self.cases(inner_rows(expr, self._elements))
        return OPENING + cases.removeprefix(r"\begin{cases}").removesuffix(r"\end{cases}") + CLOSING

    def _print_Maximum(self, expr: Any) -> str:
        return self._call(r"\max", expr)

    def _print_Minimum(self, expr: Any) -> str:
        return self._call(r"\min", expr)

    def _print_Sign(self, expr: Any) -> str:
        return self._call(r"\operatorname{sign}", expr)

    def _print_Cosine(self, expr: Any) -> str:
        return self._call(r"\cos", expr)

    def _print_Normal(self, expr: Any) -> str:
        del expr
        return r"\mathcal{N}_t(0, 1)"

    def _print_Uniform(self, expr: Any) -> str:
        del expr
        return r"\mathcal{U}_t(0, 1)"

    def _print_SizeSymbol(self, expr: Any) -> str:
        del expr
        return rf"\dim {self._param}"

    def _print_Floor(self, expr: Any) -> str:
        return delimited(r"\lfloor", self.formula(expr.args[0]), r"\rfloor")

    def _print_Mod(self, expr: Any) -> str:
        a, b = expr.args
        return rf"{self._factor(a, last=False)} \bmod {self._factor(b, last=True)}"

    def _print_exp(self, expr: Any, **_: Any) -> str:
        return self._call(r"\exp", expr)

    def _print_log(self, expr: Any, **_: Any) -> str:
        return self._call(r"\log", expr)

    def _print_Function(self, expr: Any, **_: Any) -> str:
        name = type(expr).__name__
        return self._call(f"\\{name}" if name in _KNOWN else rf"\operatorname{{{name.lower()}}}", expr)

    def _call(self, name: str, expr: Any) -> str:
        texts = [self._fitted(a, self.formula(a)) for a in expr.args]
        texts = [f"{text}," for text in texts[:-1]] + texts[-1:]
        fits = self._limit is None or width(" ".join(texts)) <= self._limit
        arguments = delimited("(", " ".join(texts) if fits else stacked(texts, 0.0, indent=""), ")")
        # TeX sets a space between an operator and \left.
        return name + (rf"\!{arguments}" if arguments.startswith(r"\left") else arguments)

    def _print_Absolute(self, expr: Any, **_: Any) -> str:
        return delimited(r"\lvert", self.formula(expr.args[0]), r"\rvert")

    _print_Abs = _print_Absolute

    # Reductions.

    def _print_Norm(self, expr: Any) -> str:
        return self._norm(expr, "2")

    def _print_MaxAbs(self, expr: Any) -> str:
        return self._norm(expr, r"\infty")

    def _norm(self, expr: Any, kind: str) -> str:
        """The norm of a whole tensor, so that its series lose the index of a sum around it."""
        text = delimited(r"\lVert", self._indexed(expr.args[0], ()), r"\rVert")
        return f"{text}_{braced(kind if expr.over == 'tensor' else f'{kind},{_over(expr)}')}"

    def _print_Total(self, expr: Any) -> str:
        """A sum over elements; one inside another runs over the next letter, and one over lines says which."""
        if expr.over != "tensor":
            before, self._indices = self._indices, ()
            text = self._factor(expr.args[0], last=True)
            self._indices = before
            return rf"\sum_{braced(_over(expr))} {text}"
        index = self._letters[self._depth]
        self._depth += 1
        text = self._indexed(expr.args[0], (index,))
        self._depth -= 1
        return rf"\sum_{braced(index)} {text}"

    def _print_Mean(self, expr: Any) -> str:
        if expr.over != "tensor":
            text = self._indexed(expr.args[0], ())
            return rf"\operatorname{{mean}}_{braced(_over(expr))} {delimited('(', text, ')')}"
        return rf"\frac{{1}}{{{self._count}}} {self._print_Total(expr)}"

    def _indexed(self, expr: Any, indices: tuple[str, ...]) -> str:
        before, self._indices = self._indices, indices
        text = self._factor(expr, last=True) if indices else self.formula(expr)
        self._indices = before
        return text


def _over(expr: Any) -> str:
    """What a reduction goes over, as a word of a subscript."""
    return rf"\mathrm{{{OVER[expr.over]}}}"
