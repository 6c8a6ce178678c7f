"""Conditions in words and relations: `if centered and t > 1`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy

from optgen.spec.symbols import FlagSymbol

from .compose import filled
from .notation import escaped
from .width import width

_RELATIONS = {">": ">", "<": "<", ">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne"}
NARROWEST = 8.0
"""Conditions are not squeezed into less than this many em."""

_JOINTS = (("text", " and "), ("text", " or "))
_Piece = tuple[str, str]
"""("text", words) or ("math", formula)."""


class ConditionPrinter:
    """Prints conditions as text with formulas in it.

    Args:
        formula: Prints an expression.
    """

    def __init__(self, formula: Callable[[Any], str]) -> None:
        self._formula = formula

    def case(self, conditions: Sequence[Any], *, first: bool, limit: float | None = None) -> str:
        """What stands beside a row of `cases`, for conditions that all hold and those of no row before.

        Args:
            conditions: All of them hold; empty for "otherwise".
            first: No row stands before.
            limit: Text that is wider than this many em is broken before "and" and "or"; never where None.
        """
        if not conditions:
            return r"\text{otherwise}"
        pieces = [("text", "if " if first else "else if ")]
        pieces += self._listed(conditions, " and ", sympy.Or)
        text = _joined(pieces)
        return text if limit is None or width(text) <= limit else _broken(pieces, limit)

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


def _broken(pieces: list[_Piece], limit: float) -> str:
    """A long condition on several lines, the first of which is level with its row."""
    parts: list[list[_Piece]] = [[]]
    for piece in pieces:
        if piece in _JOINTS:
            parts.append([("text", piece[1].lstrip())])
        else:
            parts[-1].append(piece)
    first, *rest = filled([_joined(part) for part in parts], limit, r" \ ")
    lines = [f"& {first}", *(rf"& \quad {line}" for line in rest)]
    return r"\begin{aligned}[t] " + r" \\ ".join(lines) + r" \end{aligned}" if rest else first


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
