"""Conditions in words and relations: `if centered and t > 1`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy

from optgen.problems import Location
from optgen.spec.model import Spec
from optgen.spec.symbols import At, FlagSymbol

from .notation import escaped

_RELATIONS = {">": ">", "<": "<", ">=": r"\ge", "<=": r"\le", "==": "=", "!=": r"\ne"}
_Piece = tuple[str, str]
"""("text", words) or ("math", formula)."""


class ConditionPrinter:
    """Prints conditions as text with formulas in it.

    Args:
        formula: Prints an expression.
        order: Rank of each symbol by name; SymPy forgets the order in which an author joined conditions.
    """

    def __init__(self, formula: Callable[[Any], str], order: Mapping[str, int]) -> None:
        self._formula = formula
        self._order = order

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
            return self._listed(sorted(condition.args, key=self._rank), " and ", sympy.Or)
        if isinstance(condition, sympy.Or):
            return self._listed(sorted(condition.args, key=self._rank), " or ", sympy.And)
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

    def _rank(self, condition: Any) -> list[int]:
        """Where an author who joined this condition to others put it."""
        names = {a.series if isinstance(a, At) else a.name for a in condition.free_symbols}
        return sorted(self._order.get(name, len(self._order)) for name in names)


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


def source_order(spec: Spec, place: Location | None = None) -> dict[str, int]:
    """Rank of each name by its first use in the conditions that the spec's source joins with `&` and `|`.

    Args:
        spec: The spec; without a syntax tree there are no ranks, and conditions stay as SymPy sorts them.
        place: Only the statement here, if there is one.
    """
    root: ast.AST | None = spec.tree
    if root and place and place.file == spec.location.file:
        statements = [n for n in ast.walk(root) if isinstance(n, ast.Assign)]
        here = [n for n in statements if n.lineno <= place.line <= (n.end_lineno or 0)]
        root = here[0] if here else root
    nodes = list(ast.walk(root)) if root else []
    joined = [n for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.BitAnd | ast.BitOr)]
    names = [n for node in joined for n in _names(node)]
    names.sort(key=lambda n: (n.lineno, n.col_offset))
    return {name: rank for rank, name in enumerate(dict.fromkeys(n.id for n in names))}


def _names(node: ast.AST) -> list[ast.Name]:
    """The names below a node, without those between brackets: the `t` of `m[t]` says nothing about order."""
    if isinstance(node, ast.Subscript):
        return _names(node.value)
    own = [node] if isinstance(node, ast.Name) else []
    return own + [name for child in ast.iter_child_nodes(node) for name in _names(child)]
