"""`where` as the cases of a whole equation, the way papers print it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from optgen.spec.functions import Reduction, Where

from .rates import has_elements

MOST_ROWS = 4
"""More cases than this are harder to read than choices that stay where they are."""


@dataclass(frozen=True)
class Branch:
    """One row of a `cases` block.

    Attributes:
        conditions: All of them hold, and those of no row before; empty for "otherwise".
        value: What the row shows.
    """

    conditions: tuple[Any, ...]
    value: Any


def chain(where: Any) -> list[Branch]:
    """The rows of a `where` and of those that stand as its arms."""
    if not isinstance(where, Where):
        return [Branch((), where)]
    condition, a, b = where.args
    return [Branch((condition, *row.conditions), row.value) for row in chain(a)] + chain(b)


def lifted(expr: Any, elements: frozenset[str]) -> list[Branch]:
    """The rows of an expression, with each choice inside it moved outwards until it chooses all of it.

    `mu * b + where(c, 1 - tau, 1) * d` becomes the rows `mu * b + (1 - tau) * d` and `mu * b + d`.

    Args:
        expr: Captured expression; it is not changed.
        elements: Series with a value for each element: a choice between elements cannot leave a reduction.

    Returns:
        One row where there is nothing to choose, or where there would be too many.
    """
    rows = _lifted(expr, elements)
    return rows if len(rows) <= MOST_ROWS else [Branch((), expr)]


def _lifted(expr: Any, elements: frozenset[str]) -> list[Branch]:
    if isinstance(expr, Where):
        arms = [(row, _lifted(row.value, elements)) for row in chain(expr)]
        return [Branch((*arm.conditions, *row.conditions), row.value) for arm, rows in arms for row in rows]
    choice = _first_choice(expr, elements)
    if choice is None:
        return [Branch((), expr)]
    condition = choice.args[0]
    yes, no = (_lifted(_chosen(expr, condition, arm, elements), elements) for arm in (1, 2))
    return [Branch((condition, *row.conditions), row.value) for row in yes] + no


def _first_choice(expr: Any, elements: frozenset[str]) -> Any:
    """The first `where` that may be moved out of an expression, or None."""
    if isinstance(expr, Where):
        return expr
    found = (_first_choice(a, elements) for a in expr.args)
    choices = [c for c in found if c is not None]
    if isinstance(expr, Reduction):
        choices = [c for c in choices if not has_elements(c.args[0], elements)]
    return choices[0] if choices else None


def _chosen(expr: Any, condition: Any, arm: int, elements: frozenset[str]) -> Any:
    """The expression where the condition is known: each `where` with that condition becomes its arm.

    Terms that are chosen to be 0 and factors that are chosen to be 1 vanish, as they would on paper.
    """
    if isinstance(expr, Where) and expr.args[0] == condition:
        return expr.args[arm]
    if not expr.args or (isinstance(expr, Reduction) and has_elements(condition, elements)):
        return expr
    args = [_chosen(a, condition, arm, elements) for a in expr.args]
    fresh = [new is not old for new, old in zip(args, expr.args, strict=True)]
    if not any(fresh):
        return expr
    if isinstance(expr, sympy.Pow) and args[0] is sympy.S.One:
        return sympy.S.One
    if not isinstance(expr, sympy.Add | sympy.Mul):
        return expr.func(*args, evaluate=False)
    zero_factor = any(f and a is sympy.S.Zero for f, a in zip(fresh, args, strict=True))
    if isinstance(expr, sympy.Mul) and zero_factor:
        return sympy.S.Zero
    idle = expr.identity
    kept = [a for f, a in zip(fresh, args, strict=True) if not (f and a is idle)] or [idle]
    return expr.func(*kept, evaluate=False)
