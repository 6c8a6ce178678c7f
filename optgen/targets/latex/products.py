"""Sums and products of unevaluated trees, taken apart without a change of order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy

_HALF = (sympy.Rational(-1, 2), sympy.Float(-0.5))


@dataclass(frozen=True)
class Fractional:
    """Factors above and below one fraction line; without a line where there is nothing below.

    Attributes:
        above: Numerator, in order.
        below: Denominator, in order.
    """

    above: tuple[Any, ...]
    below: tuple[Any, ...] = ()


def terms(expr: Any) -> list[tuple[bool, Any]]:
    """The terms of a sum as (negative, term without the sign); one term where it is no sum.

    `a - (b - c)` keeps its parentheses: its second term is the sum `b - c` with a minus.
    """
    if isinstance(expr, sympy.Add):
        return [term for arg in expr.args for term in terms(arg)]
    negative = negated(expr)
    return [(negative, without_sign(expr) if negative else expr)]


def negated(expr: Any) -> bool:
    """Whether the text of an expression that is no sum begins with a minus."""
    if isinstance(expr, sympy.Mul):
        return negated(expr.args[0])
    return bool(expr.is_Number and expr.is_negative)


def without_sign(expr: Any) -> Any:
    """A negated expression without its minus: `b * c` of `-1 * b * c`, `2 * b` of `-2 * b`."""
    if not isinstance(expr, sympy.Mul):
        return -expr
    first, *rest = expr.args
    positive = without_sign(first)
    kept = rest if positive is sympy.S.One and rest else [positive, *rest]
    return kept[0] if len(kept) == 1 else sympy.Mul(*kept, evaluate=False)


def gathered(expr: Any) -> tuple[bool, list[Fractional]]:
    """A product as fractions side by side.

    `x / y / z` is one fraction, `x / y * z` a fraction and a factor; `x * (y / z)` keeps the fraction that
    the author made.

    Returns:
        Whether the product is negative, and its parts in order.
    """
    negative = isinstance(expr, sympy.Mul) and negated(expr)
    groups: list[tuple[list[Any], list[Any]]] = [([], [])]
    for factor in _factors(without_sign(expr) if negative else expr):
        below = _denominator(factor)
        if below is None and groups[-1][1]:
            groups.append(([], []))
        if below is None:
            groups[-1][0].append(factor)
        else:
            groups[-1][1].extend(_plain_factors(below))
    return negative, [Fractional(tuple(above), tuple(below)) for above, below in groups]


def _factors(expr: Any) -> list[Any]:
    """The factors of a left-nested product; one further right stays whole if it has a fraction or a sign."""
    if not isinstance(expr, sympy.Mul):
        return [expr]
    first, *rest = expr.args
    return [*_factors(first), *(factor for arg in rest for factor in _plain_factors(arg))]


def _plain_factors(expr: Any) -> list[Any]:
    factors = _factors(expr)
    return factors if _is_plain(factors) else [expr]


def _is_plain(factors: Sequence[Any]) -> bool:
    return not any(_denominator(f) is not None for f in factors) and not negated(factors[0])


def _denominator(factor: Any) -> Any:
    """`y` of `1 / y` and the root of `y` of `y ** -0.5`; None where nothing is divided by."""
    if not isinstance(factor, sympy.Pow):
        return None
    base, exponent = factor.args
    if exponent == sympy.S.NegativeOne:
        return base
    return sympy.Pow(base, sympy.S.Half, evaluate=False) if exponent in _HALF else None
