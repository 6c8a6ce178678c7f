"""Which numbers an expression can be, from the domains of its symbols: arithmetic of intervals, open and closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import inf
from typing import Any

import sympy

NEGATIVE, ZERO, POSITIVE = 1, 2, 4
ANY = NEGATIVE | ZERO | POSITIVE

End = Fraction | float


@dataclass(frozen=True)
class Interval:
    """All numbers between two ends; an infinite end belongs to no interval."""

    low: End = -inf
    high: End = inf
    low_open: bool = False
    high_open: bool = False

    @property
    def signs(self) -> int:
        """Which signs its numbers have, as a sum of `NEGATIVE`, `ZERO` and `POSITIVE`."""
        zero = (self.low < 0 or (self.low == 0 and not self.low_open)) and (
            self.high > 0 or (self.high == 0 and not self.high_open)
        )
        return NEGATIVE * (self.low < 0) | ZERO * zero | POSITIVE * (self.high > 0)

    def __add__(self, other: Interval) -> Interval:
        opens = self.low_open or other.low_open, self.high_open or other.high_open
        return Interval(self.low + other.low, self.high + other.high, *opens)

    def __mul__(self, other: Interval) -> Interval:
        ends = [_product(x, y) for x in self._ends() for y in other._ends()]
        low, low_open = min(ends)  # a closed end goes first, since False is less than True
        high, high_open = max(ends, key=lambda end: (end[0], not end[1]))
        return Interval(low, high, low_open, high_open)

    def power(self, exponent: int) -> Interval:
        """Each number to a whole power."""
        if exponent < 0:
            return self.power(-exponent)._inverse()
        if exponent % 2 == 0 and self.signs & NEGATIVE:
            top = max((-self.low, not self.low_open), (self.high, not self.high_open))
            return Interval(Fraction(0), top[0], False, not top[1]).power(exponent)
        return Interval(self.low**exponent, self.high**exponent, self.low_open, self.high_open)

    def hull(self, other: Interval) -> Interval:
        """The smallest interval that holds both."""
        low = min((self.low, self.low_open), (other.low, other.low_open))
        high = max((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low[0], high[0], low[1], not high[1])

    def within(self, other: Interval) -> Interval:
        """What lies in both; one that ends before it begins where nothing does."""
        low = max((self.low, self.low_open), (other.low, other.low_open))
        high = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low[0], high[0], low[1], not high[1])

    def _ends(self) -> tuple[tuple[End, bool], tuple[End, bool]]:
        return (self.low, self.low_open), (self.high, self.high_open)

    def _inverse(self) -> Interval:
        """One divided by each number but zero."""
        if self.signs & NEGATIVE and self.signs & POSITIVE:
            return EVERYTHING
        low = 1 / self.high if abs(self.high) not in (0, inf) else (Fraction(0) if self.high else -inf)
        high = 1 / self.low if abs(self.low) not in (0, inf) else (Fraction(0) if self.low else inf)
        return Interval(low, high, self.high_open or self.high == inf, self.low_open or self.low == -inf)


EVERYTHING = Interval()
NOT_NEGATIVE = Interval(Fraction(0))
SIGNED = {
    POSITIVE: Interval(Fraction(0), inf, True),
    NEGATIVE: Interval(-inf, Fraction(0), False, True),
    POSITIVE | ZERO: NOT_NEGATIVE,
    NEGATIVE | ZERO: Interval(-inf, Fraction(0)),
    ZERO: Interval(Fraction(0), Fraction(0)),
}
"""The numbers of some signs."""


def _product(x: tuple[End, bool], y: tuple[End, bool]) -> tuple[End, bool]:
    """The product of two ends, and whether it is open: a zero that is reached makes a zero that is reached."""
    for (end, is_open), other in ((x, y), (y, x)):
        if end == 0:
            return Fraction(0), is_open if other[0] != 0 else is_open and other[1]
    return x[0] * y[0], x[1] or y[1]


def domain(bounds: Iterable[tuple[str, float]]) -> Interval:
    """The interval of a declared domain."""
    found = EVERYTHING
    for relation, bound in bounds:
        end = Fraction(repr(bound)) if bound not in (inf, -inf) else bound
        opened = relation in ("gt", "lt")
        lower = relation in ("ge", "gt")
        found = found.within(Interval(end, inf, opened) if lower else Interval(-inf, end, False, opened))
    return found


def interval(expr: Any, of: Callable[[Any], Interval]) -> Interval:
    """Which numbers an expression can be; as wide as all numbers where nothing is known.

    Args:
        expr: A rational expression over symbols.
        of: The interval of a symbol.
    """
    match expr:
        case sympy.Symbol():
            return of(expr)
        case sympy.Rational():
            value = Fraction(int(expr.p), int(expr.q))
            return Interval(value, value)
        case sympy.Add():
            return reduce(Interval.__add__, (interval(part, of) for part in expr.args))
        case sympy.Mul():
            return reduce(Interval.__mul__, (interval(part, of) for part in expr.args))
        case sympy.Pow() if expr.exp.is_Integer:
            return interval(expr.base, of).power(int(expr.exp))
    return EVERYTHING
