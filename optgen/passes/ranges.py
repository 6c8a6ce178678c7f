"""Between which bounds coarse values lie, so that host code guards only operations that can go wrong.

Bounds hold for the rounded values too: rounding to nearest keeps the order of numbers, and a difference is zero only if
its operands are equal. NaN lies in every interval: it makes NaN of whatever it meets and never raises.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Input,
    Pi,
    Program,
    Reduce,
    Ref,
    Role,
    Select,
    Unary,
)

_LARGEST_EXPONENT = 700.0  # exp(709.8) overflows
_NEGATED = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt"}
_SWAPPED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`; an open end does not belong to it."""

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, number: float) -> bool:
        above = self.low < number or (self.low == number and not self.low_open)
        below = number < self.high or (number == self.high and not self.high_open)
        return above and below

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low, self.high_open, self.low_open)

    @property
    def point(self) -> float | None:
        """The only number of the interval, where there is but one."""
        return self.low if self.low == self.high else None


ANY = Interval()


class Ranges:
    """Intervals of names and expressions.

    Args:
        known: Interval of each name of which more is known than that it is a number.
        conditions: What named conditions stand for.
    """

    def __init__(self, known: Mapping[str, Interval], conditions: Mapping[str, Expr]) -> None:
        self._known, self._conditions = dict(known), dict(conditions)

    def of(self, expr: Expr) -> Interval:
        """Where the value of an expression lies."""
        match expr:
            case Const(value):
                return _point(float(value))
            case Pi():
                return _point(math.pi)
            case Ref(name):
                return self._known.get(name, ANY)
            case Unary(op, x):
                return _unary(op, self.of(x))
            case Binary(op, x, y):
                return _binary(op, self.of(x), self.of(y))
            case Select(condition, a, b):
                return _hull(self.given(condition, True).of(a), self.given(condition, False).of(b))
            case Reduce("norm" | "max_abs", _):
                return Interval(0.0)
        return ANY

    def given(self, condition: Expr, holds: bool) -> Ranges:
        """The same where a condition holds, or does not."""
        match condition:
            case Unary("not", x):
                return self.given(x, not holds)
            case Binary("and", x, y) if holds:
                return self.given(x, True).given(y, True)
            case Binary("or", x, y) if not holds:
                return self.given(x, False).given(y, False)
            case Ref(name) if name in self._conditions:
                return self.given(self._conditions[name], holds)
            case Binary(op, x, y) if op in _NEGATED:
                op = op if holds else _NEGATED[op]
                known = dict(self._known)
                for this, other, relation in ((x, y, op), (y, x, _SWAPPED[op])):
                    if isinstance(this, Ref):
                        known[this.name] = _cut(self.of(this), relation, self.of(other))
                return Ranges(known, self._conditions)
        return self

    def safe(self, expr: Expr) -> bool:
        """Whether Python computes an operation on floats without raising, and without leaving the real numbers."""
        match expr:
            case Binary("div", _, y):
                return 0.0 not in self.of(y)
            case Binary("pow", x, y):
                base, exponent = self.of(x), self.of(y)
                small = abs(base.point or inf) <= 16.0 and abs(exponent.point or inf) <= 16.0
                return (base.low >= 0.0 and base.high <= 1.0 and exponent.low >= 0.0) or small
            case Unary("sqrt", x):
                return self.of(x).low >= 0.0
            case Unary("log", x):
                return self.of(x).low >= 0.0 and 0.0 not in self.of(x)
            case Unary("exp", x):
                return self.of(x).high <= _LARGEST_EXPONENT
            case Unary("cos" | "floor", x):
                return -inf < self.of(x).low and self.of(x).high < inf
            case Binary("mod", x, y):
                return 0.0 not in self.of(y) and -inf < self.of(x).low and self.of(x).high < inf
        return True


def ranges(program: Program) -> Ranges:
    """The intervals of all names, from the domains of the hyper-parameters."""
    known = {i.name: _domain(i) for i in program.inputs if i.role in (Role.HYPER, Role.TIME)}
    # Where there is more to update than elements, a tensor without any is not passed over.
    known |= {
        i.name: Interval(0.0 if program.keeps_coarse or i.series == "dims" else 1.0)
        for i in program.input_of(Role.SIZE)
    }
    conditions: dict[str, Expr] = {}
    for let in program.body:
        conditions[let.name] = let.expr
        known[let.name] = Ranges(known, conditions).of(let.expr)
    return Ranges(known, conditions)


def _domain(i: Input) -> Interval:
    if i.role is not Role.HYPER:
        return Interval(1.0, 2.0**53)
    domain = ANY
    for relation, bound in i.bounds:
        domain = _cut(domain, relation, _point(float(bound)))
    return domain


def _point(number: float) -> Interval:
    return Interval(number, number)


def _cut(x: Interval, relation: str, y: Interval) -> Interval:
    """The part of `x` that stands in a relation to some number of `y`."""
    if relation in ("lt", "le"):
        return -_cut(-x, _SWAPPED[relation], -y)
    opened = y.low_open or relation == "gt"
    if y.low > x.low or (y.low == x.low and opened):
        return replace(x, low=y.low, low_open=opened)
    return x


def _hull(x: Interval, y: Interval) -> Interval:
    low, high = min(x.low, y.low), max(x.high, y.high)
    return Interval(low, high, low not in x and low not in y, high not in x and high not in y)


def _unary(op: str, x: Interval) -> Interval:
    match op:
        case "neg":
            return -x
        case "abs":
            if x.low >= 0.0:
                return x
            return -x if x.high <= 0.0 else Interval(0.0, max(-x.low, x.high))
        case "sqrt":
            return Interval(math.sqrt(max(x.low, 0.0)), math.sqrt(max(x.high, 0.0)), x.low == 0.0 and x.low_open)
        case "sign":
            return Interval(-1.0, 1.0)
        case "exp":
            return Interval(0.0)
        case "cos":
            return Interval(-1.0, 1.0)
        case "floor" if x.low >= 0.0:
            return Interval(0.0, x.high)
    return ANY


def _binary(op: str, x: Interval, y: Interval) -> Interval:
    match op:
        case "add":
            return _sum(x, y)
        case "sub":
            return _sum(x, -y)
        case "mul":
            return _closed(a * b for a in (x.low, x.high) for b in (y.low, y.high))
        case "div" if 0.0 not in y:
            return _closed(_divide(a, b, y) for a in (x.low, x.high) for b in (y.low, y.high))
        case "pow" if x.low >= 0.0 and x.high <= 1.0 and y.low >= 0.0:
            return Interval(0.0, 1.0, high_open=1.0 not in x and y.low >= 1.0)
        case "pow" if x.low >= 0.0:
            return Interval(0.0)
        case "max":
            return Interval(max(x.low, y.low), max(x.high, y.high))
        case "min":
            return Interval(min(x.low, y.low), min(x.high, y.high))
    return ANY


def _sum(x: Interval, y: Interval) -> Interval:
    """Ends stay open at zero only: elsewhere a sum may round to them."""
    low, high = x.low + y.low, x.high + y.high
    low = -inf if math.isnan(low) else low
    high = inf if math.isnan(high) else high
    return Interval(low, high, low == 0.0 and (x.low_open or y.low_open), high == 0.0 and (x.high_open or y.high_open))


def _divide(a: float, b: float, divisor: Interval) -> float:
    """A quotient of ends; a divisor that comes near zero, from one side, makes it infinite."""
    if b != 0.0:
        return a / b
    return math.copysign(inf, a) * (1.0 if divisor.high > 0.0 else -1.0) if a else 0.0


def _closed(ends: Iterable[float]) -> Interval:
    """The interval that some ends span; where they have no product or quotient, the others' reach to infinity."""
    numbers = [0.0 if math.isnan(end) else end for end in ends]
    return Interval(min(numbers), max(numbers))
