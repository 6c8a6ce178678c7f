"""Rational expressions in a form in which equal ones are the same, and their factors."""

from __future__ import annotations

from functools import cache
from typing import Any

import sympy

_LARGE = 600  # operations; beyond this a polynomial is not factored, which takes long and seldom helps
_HUGE = 4_000  # operations; beyond this a fraction is left as it is


@cache
def key(expr: Any) -> Any:
    """A rational expression as a fraction of two expanded polynomials without a common divisor, if it is not huge."""
    if not expr.free_symbols or expr.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        return expr
    if sympy.count_ops(expr) > _HUGE:
        return expr
    return sympy.cancel(sympy.together(expr))


@cache
def factored(expr: Any) -> tuple[Any, tuple[tuple[Any, int], ...]]:
    """A rational expression as a number and irreducible polynomials, each with its exponent."""
    above, below = sympy.fraction(sympy.together(expr))
    coefficient, factors = sympy.S.One, []
    for part, sign in ((above, 1), (below, -1)):
        if not part.free_symbols or part.has(sympy.nan, sympy.zoo, sympy.oo):
            coefficient *= part**sign
            continue
        if sympy.count_ops(part) > _LARGE:
            factors.append((part, sign))
            continue
        number, found = sympy.factor_list(part)
        coefficient *= number**sign
        factors += [(factor, sign * exponent) for factor, exponent in found]
    return coefficient, tuple(factors)


def leading_sign(expr: Any) -> int:
    """1 or -1, and the opposite for the expression times -1."""
    above = sympy.fraction(sympy.together(expr))[0]
    if not above.free_symbols:
        return -1 if above.is_negative else 1
    return -1 if sympy.Poly(above).LC() < 0 else 1
