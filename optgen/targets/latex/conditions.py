"""Conditions in words and relations: `if centered and t > 1`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy

from optgen.spec.symbols import FlagSymbol

from .notation import escaped

_RELATIONS = {">": ">", "<": "<", ">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne"}
_Piece = tuple[str, str]
"""("text", words) or ("math", formula)."""


class ConditionPrinter:
    """Prints conditions as text with formulas in it.

    Args:
        formula: Prints an expression.
    """

    def __init__(self, formula: Callable[[Any], str]) -> None:
        self._formula = formula

    def case(self, conditions: Sequence[Any], *, first: bool) -> str:
        """What stands beside a row of `cases`, for conditions that all hold and those of no row before."""
        if not conditions:
            return r"\text{otherwise}"
        pieces = [("text", "if " if first else "else if ")]
        return _joined(pieces + self._listed(conditions, " and ", sympy.Or))

    def __call__(self, condition: Any) -> str:
        """A condition by itself."""
        return _joined(self._pieces(condition))

    def _pieces(self, condition: Any) -> list[_Piece]:
        if isinstance(condition, FlagSymbol):
            return [("text", escaped(condition.name))]
        if isinstance(condition, sympy.Not):
            denied = condition.args[0]
            return [("text", "not "), *self._operand(denied, compound=not isinstance(denied, FlagSymbol))]
        if isinstance(condition, sympy.And):
            return self._listed(condition.args, " and ", sympy.Or)
        if isinstance(condition, sympy.Or):
            return self._listed(condition.args, " or ", sympy.And)
        if isinstance(condition, sympy.core.relational.Relational):
            a, b = map(self._formula, condition.args)
            return [("math", f"{a} {_RELATIONS[condition.rel_op]} {b}")]
        return [("math", self._formula(condition))]

    def _listed(self, conditions: Sequence[Any], word: str, looser: type) -> list[_Piece]:
        """Conditions joined by a word, those of the other word in parentheses."""
        pieces: list[_Piece] = []
        for condition in conditions:
            pieces += [("text", word)] if pieces else []
            pieces += self._operand(condition, compound=len(conditions) > 1 and isinstance(condition, looser))
        return pieces

    def _operand(self, condition: Any, *, compound: bool) -> list[_Piece]:
        pieces = self._pieces(condition)
        return [("text", "("), *pieces, ("text", ")")] if compound else pieces


def _joined(pieces: list[_Piece]) -> str:
    r"""Neighbouring words in one `\text`."""
    parts: list[str] = []
    words = ""
    for kind, part in pieces:
        if kind == "text":
            words += part
            continue
        parts += [rf"\text{{{words}}}"] if words else []
        parts.append(part)
        words = ""
    return " ".join([*parts, rf"\text{{{words}}}"] if words else parts)
