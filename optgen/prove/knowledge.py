"""What is known of values: which signs they can have, and whether they differ from element to element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sympy

from optgen.spec.functions import Reduction

from .intervals import ANY, EVERYTHING, NEGATIVE, POSITIVE, SIGNED, ZERO, Interval, interval
from .polynomials import factored, key, leading_sign

Condition = Any
"""True, False, ("sign", p, signs), ("all", conditions), ("not", condition), or None of what has no value."""


_REDUCTIONS = {kind.__name__ for kind in Reduction.__subclasses__()}


@dataclass(frozen=True)
class Meaning:
    """What a symbol stands for: an operation on values.

    Attributes:
        kind: "root", "power", "absolute", "sign", "choice" or the name of another function; of a reduction that does
            not go over the tensor, with what it goes over: "Norm over rows".
        args: Its operands: values, a condition, an exponent.
        varies: Whether it may differ from element to element.
    """

    kind: str
    args: tuple[Any, ...]
    varies: bool


class Knowledge:
    """Symbols, their intervals and meanings, and what is supposed in the case at hand."""

    def __init__(self) -> None:
        self.intervals: dict[Any, Interval] = {}
        self.meanings: dict[Any, Meaning] = {}
        self.elements: set[Any] = set()
        self.facts: dict[Any, int] = {}
        self.equal: dict[Any, Any] = {}

    def interval(self, expr: Any) -> Interval:
        """Which numbers a value can be in any case."""
        return interval(expr, lambda symbol: self.intervals.get(symbol, EVERYTHING))

    def interval_now(self, expr: Any) -> Interval:
        """Which numbers a value can be, if its symbols have the signs that are supposed."""
        return interval(expr, self._supposed)

    def _supposed(self, symbol: Any) -> Interval:
        found = self.intervals.get(symbol, EVERYTHING)
        return found.within(SIGNED.get(self.facts.get(symbol, ANY), EVERYTHING))

    def signs(self, x: Any) -> int:
        """Which signs a value can have, by its interval, its factors and the facts of the case at hand."""
        if x.is_infinite:
            return POSITIVE if x.is_extended_positive else NEGATIVE if x.is_extended_negative else ANY
        found = self.interval_now(x).signs
        if found in (NEGATIVE, ZERO, POSITIVE) or not x.free_symbols:
            return found
        x = key(x)
        flipped = leading_sign(x)
        known = self.facts.get(key(flipped * x), ANY)
        found &= self.interval_now(x).signs & (known if flipped > 0 else mirrored(known))
        if found in (NEGATIVE, ZERO, POSITIVE):
            return found
        coefficient, factors = factored(x)
        product = POSITIVE if coefficient > 0 else NEGATIVE
        for factor, exponent in factors:
            product = _signs_of_product(product, self.factor_signs(factor, exponent))
        return found & product or found

    def varies(self, expr: Any) -> bool:
        """Whether a value may differ from element to element."""
        return any(
            symbol in self.elements or (symbol in self.meanings and self.meanings[symbol].varies)
            for symbol in expr.free_symbols
        )

    def all_of(self, conditions: list[Condition]) -> Condition:
        """Whether all hold."""
        if any(c is False for c in conditions):
            return False
        if any(c is None for c in conditions):
            return None
        open_ones = [c for c in conditions if c is not True]
        if len(open_ones) < 2:
            return open_ones[0] if open_ones else True
        return "all", tuple(open_ones)

    def negated(self, condition: Condition) -> Condition:
        """Whether it does not hold."""
        match condition:
            case None:
                return None
            case bool():
                return not condition
            case "sign", p, signs:
                return "sign", p, ANY & ~signs
            case "not", inner:
                return inner
        return "not", condition

    @contextmanager
    def supposing(self, facts: Mapping[Any, int], equal: Mapping[Any, Any]) -> Iterator[None]:
        """While this lasts, values are known to have signs, and symbols to be equal to something."""
        before = self.facts, self.equal
        self.facts, self.equal = {**self.facts, **facts}, {**self.equal, **equal}
        try:
            yield
        finally:
            self.facts, self.equal = before

    def is_reduction(self, symbol: Any) -> bool:
        """Whether a symbol stands for a reduction, into which nothing about one element may be put."""
        return symbol in self.meanings and self.meanings[symbol].kind.partition(" over ")[0] in _REDUCTIONS

    def factor_signs(self, factor: Any, exponent: int) -> int:
        """Which signs a power of an irreducible polynomial can have."""
        flipped = leading_sign(factor)
        known = self.facts.get(key(flipped * factor), ANY)
        signs = self.interval_now(factor).signs & (known if flipped > 0 else mirrored(known))
        if exponent % 2 == 0:
            signs = (POSITIVE if signs & (POSITIVE | NEGATIVE) else 0) | (signs & ZERO)
        return signs if exponent > 0 else signs & ~ZERO

    def in_signs(self, p: Any, signs: int) -> Condition:
        """Whether p has one of some signs: a condition on what its sign depends on."""
        if p.has(sympy.nan, sympy.zoo) or (p.has(sympy.oo, -sympy.oo) and not p.is_infinite):
            return None
        known = self.signs(p)
        if not known & ~signs:
            return True
        if not known & signs:
            return False
        inside, flipped = self.undecided_part(p)
        if leading_sign(inside) < 0:
            inside, flipped = -inside, -flipped
        signs = signs if flipped > 0 else mirrored(signs)
        if squared := root_of_square(inside):
            inside, signs = squared, signs & ZERO | (POSITIVE | NEGATIVE if signs & POSITIVE else 0)
        inside = key(inside)
        known = self.facts.get(inside, ANY)
        if not known & ~signs or not known & signs:
            return bool(known & signs)
        return "sign", inside, signs

    def undecided_part(self, p: Any) -> tuple[Any, int]:
        """What the sign of p depends on, and 1, or -1 where it is the opposite."""
        coefficient, factors = factored(key(p))
        inside, flipped = sympy.S.One, 1 if coefficient > 0 else -1
        for factor, exponent in factors:
            signs = self.factor_signs(factor, 1)
            if not signs & POSITIVE:
                factor, flipped = -factor, -flipped if exponent % 2 else flipped
            both = bool(signs & POSITIVE and signs & NEGATIVE)
            if exponent < 0:
                inside *= factor if both and exponent % 2 else 1
            elif signs & ZERO:
                inside *= factor**2 if both and not exponent % 2 else factor
        return inside, flipped

    def apart(self, x: Any) -> tuple[Any, Any]:
        """Two factors: of one the sign is known, of the other not."""
        coefficient, factors = factored(key(x))
        outside, inside = coefficient, sympy.S.One
        for factor, exponent in factors:
            signs = self.factor_signs(factor, exponent)
            if signs & POSITIVE and signs & NEGATIVE:
                inside *= factor if exponent % 2 else sympy.S.One
                outside *= factor ** (exponent - 1) if exponent % 2 else factor**exponent
            else:
                outside *= factor**exponent
        return outside, inside

    def depends_on_element(self, condition: Condition) -> bool:
        """Whether a condition may hold for one element and not for another."""
        match condition:
            case "sign", p, _:
                return self.varies(p)
            case "not", inner:
                return self.depends_on_element(inner)
            case "all", parts:
                return any(map(self.depends_on_element, parts))
        return False


def root_of_square(value: Any) -> Any:
    """What a square is the square of, without its sign; None for what is no square."""
    factors = sympy.Mul.make_args(value)
    if not all(f.is_Pow and f.exp == 2 for f in factors):
        return None
    root = key(sympy.Mul(*(f.base for f in factors)))
    return key(leading_sign(root) * root)


def mirrored(signs: int) -> int:
    """The signs of what is multiplied by -1."""
    return signs & ZERO | (NEGATIVE if signs & POSITIVE else 0) | (POSITIVE if signs & NEGATIVE else 0)


def _signs_of_product(a: int, b: int) -> int:
    found = (a | b) & ZERO
    if (a & POSITIVE and b & POSITIVE) or (a & NEGATIVE and b & NEGATIVE):
        found |= POSITIVE
    if (a & POSITIVE and b & NEGATIVE) or (a & NEGATIVE and b & POSITIVE):
        found |= NEGATIVE
    return found
