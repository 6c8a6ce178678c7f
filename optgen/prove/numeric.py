"""Values as numbers of 40 digits, one for each of a few elements: random inputs that show where a claim is wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import inf
from typing import Any

import mpmath
import sympy

from optgen.ir.rates import View
from optgen.spec.functions import Absolute, Cosine, Floor, MaxAbs, Maximum, Mean, Minimum, Norm, Sign, Total
from optgen.verify.layout import RATES, Layout, Shape

from .declare import Number
from .intervals import Interval, domain

DIGITS = 40
ELEMENTS = 3

_SCALES = ("1/20", "1/20", "1/20", "1/2", "1/100")
_NAN = mpmath.mpf("nan")
_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
}

Row = tuple[Any, ...]
"""A value: a number for each element."""


class Numbers:
    """One draw of everything that is free.

    Args:
        domains: The domain of each hyper-parameter that the sides share.
        seed: Which draw.
        reached: What the update of an element depends on besides: where it is more than the tensor, the elements are
            those of a vector, a matrix, or several tensors by turns.
    """

    def __init__(self, domains: Mapping[str, Interval], seed: int, reached: Collection[str] = ()) -> None:
        self.domains, self.random = domains, random.Random(seed)
        shapes: list[tuple[Shape, ...]] = [((ELEMENTS,),)]
        shapes += [((ELEMENTS, 1),), ((1, ELEMENTS),)] if {*reached} & {"rows", "cols", "outputs", "dims"} else []
        shapes += [((ELEMENTS - 1,), ()), ((1, ELEMENTS - 1), (1,))] if "all" in reached else []
        self.layout = Layout(shapes[seed % len(shapes)], View.LAST, "all" in reached)
        self.drawn: dict[str, Any] = {}

    def number(self, value: Any) -> Row:
        """A number, for all elements."""
        if value in (sympy.oo, -sympy.oo):
            return (mpmath.mpf("inf" if value is sympy.oo else "-inf"),) * ELEMENTS
        if value is sympy.pi:
            return (mpmath.pi + 0,) * ELEMENTS
        return (mpmath.mpf(int(value.p)) / int(value.q),) * ELEMENTS

    def free(self, name: Any) -> Row:
        """A hyper-parameter or other number somewhere in its domain."""
        text = name if isinstance(name, str) else name.name
        if text not in self.drawn:
            allowed = domain(name.bounds) if isinstance(name, Number) else self.domains[text]
            self.drawn[text] = self._inside(allowed)
        return (self.drawn[text],) * ELEMENTS

    def element(self, name: str) -> Row:
        """A tensor: of numbers of either sign, large or small; now and then of zeros."""
        if name not in self.drawn:
            scale = self.random.choice((*_SCALES, *_SCALES, 0))
            self.drawn[name] = tuple(_exactly(self.random.randint(-40, 40) * Fraction(scale)) for _ in range(ELEMENTS))
        row: Row = self.drawn[name]
        return row

    def draw(self, node: Any, step: int) -> Row:
        """Noise."""
        return self.element(f"{type(node).__name__.lower()}{node.args[0]}_{step}")

    def combine(self, node: Any, args: list[Any]) -> Row:
        """An operation of the language, element by element."""
        function = _function(node)
        return tuple(function(list(values)) for values in zip(*args, strict=True))

    def compare(self, relation: str, a: Row, b: Row) -> Row:
        """A condition for each element; what is not a number fulfils none."""
        return tuple(_RELATIONS[relation](x, y) for x, y in zip(a, b, strict=True))

    def all_of(self, conditions: list[Any]) -> Any:
        """Whether all hold."""
        if all(isinstance(c, bool) for c in conditions):
            return all(conditions)
        return tuple(all(row) for row in zip(*map(_row, conditions), strict=True))

    def negated(self, condition: Any) -> Any:
        """Whether it does not hold."""
        return not condition if isinstance(condition, bool) else tuple(not c for c in condition)

    def choose(self, condition: Any, a: Callable[[], Row], b: Callable[[], Row]) -> Row:
        """One of two for each element."""
        chosen = _row(condition)
        if all(chosen):
            return a()
        if not any(chosen):
            return b()
        return tuple(x if c else y for c, x, y in zip(chosen, a(), b(), strict=True))

    def size(self, name: str) -> Row:
        """What shapes give."""
        return tuple(mpmath.mpf(int(x)) for x in {"dims": self.layout.dims}[name])

    def reduced(self, node: Any, value: Row) -> Row:
        """A reduction over the elements that have one in common."""
        view = View.FIRST if node.over == "outputs" else View.LAST
        owners = replace(self.layout, view=view).owners(RATES[node.over]).tolist()
        return tuple(
            self._reduced(node, [x for x, other in zip(value, owners, strict=True) if other == own]) for own in owners
        )

    def _reduced(self, node: Any, value: list[Any]) -> Any:
        match node:
            case Norm():
                return mpmath.sqrt(mpmath.fsum(x * x for x in value))
            case Total():
                return mpmath.fsum(value)
            case Mean():
                return mpmath.fsum(value) / len(value)
            case MaxAbs():
                return _largest(abs(x) for x in value)
        raise NotImplementedError(str(node))

    def _inside(self, allowed: Interval) -> Any:
        """A number in an interval, now and then at an end that belongs to it."""
        ends = (allowed.low, allowed.low_open), (allowed.high, allowed.high_open)
        closed = [end for end, opened in ends if not opened and abs(end) != inf]
        if closed and self.random.random() < 0.1:
            return _exactly(closed[0])
        low, high = allowed.low, allowed.high
        if low == -inf:
            low = high - 4 if high != inf else Fraction(-4)
        if high == inf:
            high = low + (8 if allowed.low == -inf else 4)
        share = Fraction(499, 500) if self.random.random() < 0.1 else Fraction(self.random.randint(1, 39), 40)
        return _exactly(low + (high - low) * share)


def _exactly(end: Any) -> Any:
    return mpmath.mpf(end.numerator) / end.denominator


def _row(condition: Any) -> Row:
    return (condition,) * ELEMENTS if isinstance(condition, bool) else condition


def _function(node: Any) -> Callable[[list[Any]], Any]:
    """What a node computes for one element."""
    match node:
        case sympy.Add():
            return lambda args: mpmath.fsum(args)
        case sympy.Mul():
            return _product
        case sympy.Pow():
            return lambda args: _power(*args)
        case Maximum():
            return _largest
        case Minimum():
            return lambda args: -_largest(-x for x in args)
        case Absolute() | sympy.Abs():
            return lambda args: abs(args[0])
        case Sign() | sympy.sign():
            return lambda args: mpmath.sign(args[0])
        case sympy.exp():
            return lambda args: mpmath.exp(args[0])
        case sympy.log():
            return lambda args: mpmath.log(args[0]) if args[0] > 0 else _NAN
        case Cosine():
            return lambda args: mpmath.cos(args[0])
        case Floor():
            return lambda args: mpmath.floor(args[0]) if mpmath.isfinite(args[0]) else args[0]
        case sympy.Mod():
            return lambda args: args[0] - args[1] * mpmath.floor(args[0] / args[1]) if args[1] else _NAN
    raise NotImplementedError(str(node))


def _product(args: Iterable[Any]) -> Any:
    found = mpmath.mpf(1)
    for x in args:
        found *= x
    return found


def _largest(values: Iterable[Any]) -> Any:
    found = list(values)
    return _NAN if any(map(mpmath.isnan, found)) else max(found)


def _power(base: Any, exponent: Any) -> Any:
    """A power; no number where there is none, or where its sign would be that of a zero."""
    if exponent == 0:
        return mpmath.mpf(1)
    if mpmath.isnan(base) or mpmath.isnan(exponent) or (base == 0 and exponent < 0):
        return _NAN
    if mpmath.isinf(exponent):
        return mpmath.mpf(0) if 0 <= base < 1 and exponent > 0 else _NAN
    if exponent == int(exponent):
        return base ** int(exponent)
    return base**exponent if base >= 0 else _NAN
