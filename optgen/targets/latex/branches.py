"""`where` as rows of cases, and when the choice may be moved out to the whole equation.

Papers write a choice as the cases of an equation where that repeats little. Where it would print a long formula
several times, the choice stays where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from optgen.spec.functions import Reduction, Where

from .rates import has_elements

MOST_ROWS = 4
"""More cases than this are harder to read than choices that stay where they are."""

_REPEATED = 4
"""As many symbols may be printed twice to move a choice out of a formula."""

_REPEATED_TIGHT = 6
"""The same for a choice in a fraction or under a root, where cases are hard to read."""

_MOST_JOINED = 3
"""A row does not wait for more conditions than this at once."""


@dataclass(frozen=True)
class Branch:
    """One row of a `cases` block.

    Attributes:
        conditions: All of them hold, and those of no row before; empty for "otherwise".
        value: What the row shows.
    """

    conditions: tuple[Any, ...]
    value: Any


def lifted(expr: Any, elements: frozenset[str]) -> list[Branch]:
    """The rows of an equation: those of a choice that is all of it, or of a small one moved outwards.

    `mu * b + where(c, 1 - tau, 1) * d` becomes the rows `mu * b + (1 - tau) * d` and `mu * b + d`.

    Args:
        expr: Captured expression; it is not changed.
        elements: Series with a value for each element: a choice between elements cannot leave a reduction.

    Returns:
        One row where there is nothing to choose, or where the choice stays inside.
    """
    return inner_rows(expr, elements) if isinstance(expr, Where) else _outwards(expr, elements)


def inner_rows(where: Any, elements: frozenset[str]) -> list[Branch]:
    """The rows of a `where`; small choices inside its arms are rows of their own, as long as these are few."""
    plain = _chain(where)
    found = [
        Branch((*row.conditions, *inner.conditions), inner.value)
        for row in plain
        for inner in _outwards(row.value, elements)
    ]
    found = found if len(found) <= MOST_ROWS else plain
    while len(found) > 2 and found[-2].value == found[-1].value:
        del found[-2]
    return found


def _chain(where: Any) -> list[Branch]:
    """The rows of a `where` and of those that stand as its arms."""
    if not isinstance(where, Where):
        return [Branch((), where)]
    condition, a, b = where.args
    if _joined(a) >= _MOST_JOINED and not isinstance(b, Where):
        return [Branch((sympy.Not(condition, evaluate=False),), b), *_chain(a)]
    return [Branch((condition, *row.conditions), row.value) for row in _chain(a)] + _chain(b)


def _joined(expr: Any) -> int:
    """How many conditions hold at once in the first row of a `where`."""
    depth = 0
    while isinstance(expr, Where):
        expr, depth = expr.args[1], depth + 1
    return depth


def _outwards(expr: Any, elements: frozenset[str]) -> list[Branch]:
    """Two rows for an expression with a small choice inside, else one."""
    found = list(_choices(expr, elements))
    condition = found[0][0].args[0] if found else None
    single = all(where.args[0] == condition and not any(a.has(Where) for a in where.args) for where, _ in found)
    allowed = _REPEATED_TIGHT if any(tight for _, tight in found) else _REPEATED
    if not found or not single or _symbols(expr, condition) > allowed:
        return [Branch((), expr)]
    yes, no = (_chosen(expr, condition, arm, elements) for arm in (1, 2))
    return [Branch((condition,), yes), Branch((), no)]


def _choices(expr: Any, elements: frozenset[str], *, tight: bool = False) -> Iterator[tuple[Any, bool]]:
    """The outermost choices that may be moved out of an expression, and whether each is in a tight place."""
    if isinstance(expr, Where):
        yield expr, tight
        return
    tight = tight or isinstance(expr, sympy.Pow) or any(isinstance(a, sympy.Pow) and _divides(a) for a in expr.args)
    for arg in expr.args:
        for choice in _choices(arg, elements, tight=tight):
            if not isinstance(expr, Reduction) or not has_elements(choice[0].args[0], elements):
                yield choice


def _divides(power: Any) -> bool:
    return bool(power.args[1].is_Number and power.args[1].is_negative)


def _symbols(expr: Any, condition: Any) -> int:
    """How many symbols, numbers and names of functions are printed around the choices with a condition."""
    if expr is sympy.S.NegativeOne or (isinstance(expr, Where) and expr.args[0] == condition):
        return 0
    named = not isinstance(expr, sympy.Add | sympy.Mul | sympy.Pow)
    return int(named) + sum(_symbols(a, condition) for a in expr.args)


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
