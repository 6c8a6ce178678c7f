"""Values as rational expressions over symbols.

Whatever is not rational, such as a root, a norm or a choice that depends on data, is a symbol of its own with a meaning
(`Meaning`), and the same meaning is always the same symbol. What the symbols stand for decides nothing: an identity
holds for tensors of every size, since a reduction is known by its argument only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import inf
from typing import Any

import sympy

from optgen.spec.functions import Absolute, Maximum, Mean, Minimum, Sign, Total

from .declare import Number
from .intervals import (
    EVERYTHING,
    NEGATIVE,
    NOT_NEGATIVE,
    POSITIVE,
    ZERO,
    Interval,
    domain,
)
from .knowledge import Condition, Knowledge, Meaning
from .polynomials import factored, key, leading_sign

_LARGEST_ROOT = 64

_RELATIONS = {
    ">": POSITIVE,
    ">=": POSITIVE | ZERO,
    "<": NEGATIVE,
    "<=": NEGATIVE | ZERO,
    "==": ZERO,
    "!=": POSITIVE | NEGATIVE,
}


class Symbols(Knowledge):
    """The symbols of one proof.

    Args:
        domains: The domain of each hyper-parameter that the sides share.
        together: Whether it is about several tensors, so that what is one number for a tensor is not one for all.
    """

    def __init__(self, domains: Mapping[str, Interval], together: bool = False) -> None:
        super().__init__()
        self.domains, self.together = domains, together
        self.found: dict[Any, Any] = {}

    # Leaves

    def element(self, name: str) -> Any:
        """A symbol for something that differs from element to element."""
        symbol = sympy.Symbol(name, real=True)
        self.elements.add(symbol)
        self.intervals.setdefault(symbol, EVERYTHING)
        return symbol

    def time(self, at_least: int) -> Any:
        """A symbol for the number of a step."""
        symbol = sympy.Symbol("t", integer=True, positive=True)
        self.intervals[symbol] = Interval(Fraction(at_least))
        return symbol

    def size(self, name: str) -> Any:
        """A symbol for what a shape gives."""
        symbol = self.element(name) if self.together else sympy.Symbol(name, real=True)
        self.intervals[symbol] = Interval(Fraction(0))
        return symbol

    def number(self, value: Any) -> Any:
        """A number is itself."""
        return self._new("pi", ("pi",), False, Interval(Fraction(3), Fraction(4))) if value is sympy.pi else value

    def free(self, name: Any) -> Any:
        """The symbol of a hyper-parameter that both sides share, or of a number of its own."""
        text = name if isinstance(name, str) else name.name
        symbol = sympy.Symbol(text, real=True)
        if symbol not in self.intervals:
            self.intervals[symbol] = domain(name.bounds) if isinstance(name, Number) else self.domains[text]
        return self.equal.get(symbol, symbol)

    def draw(self, node: Any, step: int) -> Any:
        """The same draw is the same noise on both sides."""
        return self.element(f"{type(node).__name__.lower()}{node.args[0]}_{step}")

    # Operations

    def combine(self, node: Any, args: list[Any]) -> Any:
        """An operation of the language on values."""
        match node:
            case sympy.Add():
                return sympy.Add(*args)
            case sympy.Mul():
                return sympy.Mul(*args)
            case sympy.Pow():
                return self.power(*args)
            case Maximum():
                a, b = args
                return self.choose(self.compare(">=", a, b), lambda: a, lambda: b)
            case Minimum():
                a, b = args
                return self.choose(self.compare("<=", a, b), lambda: a, lambda: b)
            case Absolute() | sympy.Abs():
                return self.absolute(args[0])
            case Sign() | sympy.sign():
                return self.sign(args[0])
            case sympy.Mod():
                return self._modulo(*args)
        return self._function(type(node).__name__.lower(), args)

    def compare(self, relation: str, a: Any, b: Any) -> Condition:
        """A condition on the sign of the difference."""
        if a == b:
            return bool(_RELATIONS[relation] & ZERO)
        for end, other, sign in ((a, b, 1), (b, a, -1)):
            if end.is_infinite and not other.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
                return bool(_RELATIONS[relation] & (POSITIVE if (end is sympy.oo) == (sign > 0) else NEGATIVE))
        return self.in_signs(sympy.Add(a, sympy.Mul(-1, b)), _RELATIONS[relation])

    def choose(self, condition: Condition, a: Callable[[], Any], b: Callable[[], Any]) -> Any:
        """One of two; a symbol where it depends on data which."""
        if isinstance(condition, bool):
            return a() if condition else b()
        if condition is None:
            return sympy.nan
        yes, no = key(a()), key(b())
        if yes == no:
            return yes
        if condition[0] == "not":
            condition, yes, no = condition[1], no, yes
        elif condition[0] == "sign" and condition[2] in (ZERO | NEGATIVE, POSITIVE | ZERO, POSITIVE | NEGATIVE):
            condition, yes, no = self.negated(condition), no, yes
        varies = self.depends_on_element(condition) or self.varies(yes) or self.varies(no)
        hull = self.interval(yes).hull(self.interval(no))
        return self._new("choice", (condition, yes, no), varies, hull)

    def power(self, base: Any, exponent: Any) -> Any:
        """A power: rational for a whole exponent, a root for a fraction, otherwise by its exponent's terms."""
        exponent = sympy.expand(exponent)
        if exponent.is_Integer or base == 1:
            return sympy.Pow(base, exponent)
        if base == 0 and self.interval(exponent).signs == POSITIVE:
            return sympy.S.Zero
        if exponent.is_Rational:
            return self._root(base, exponent)
        if exponent.is_infinite:
            return self._endless(base, exponent)
        found = sympy.S.One
        for term in sympy.Add.make_args(exponent):
            coefficient, rest = term.as_coeff_Mul()
            if not coefficient.is_Integer:
                coefficient, rest = sympy.S.One, term
            found *= sympy.Pow(base, term) if term.is_Integer else self._power(base, rest) ** coefficient
        return found

    def absolute(self, x: Any) -> Any:
        """A magnitude: what has a known sign stands outside of the symbol."""
        x = self._known(x)
        signs = self.signs(x)
        if not signs & NEGATIVE:
            return x
        if not signs & POSITIVE:
            return -x
        outside, inside = self.apart(x)
        outside = -outside if self.signs(outside) & NEGATIVE else outside
        inside = key(leading_sign(inside) * inside)
        return outside * self._new("absolute", (inside,), self.varies(inside), NOT_NEGATIVE)

    def sign(self, x: Any) -> Any:
        """-1, 0 or 1."""
        signs = self.signs(x)
        if signs in (NEGATIVE, ZERO, POSITIVE):
            return sympy.Integer({NEGATIVE: -1, ZERO: 0, POSITIVE: 1}[signs])
        inside, flipped = self.undecided_part(self._known(x))
        turned = leading_sign(inside)
        inside = key(turned * inside)
        within = Interval(Fraction(-1), Fraction(1))
        return turned * flipped * self._new("sign", (inside,), self.varies(inside), within)

    def reduced(self, node: Any, value: Any) -> Any:
        """A reduction by its argument; a factor that is the same for all elements stands outside of it."""
        value = key(value)
        if value == 0:
            return sympy.S.Zero
        kind = type(node).__name__ + (f" over {node.over}" if node.over != "tensor" else "")
        varies = self.together if node.over == "tensor" else node.over != "all"
        if isinstance(node, Mean) and not self.varies(value):
            return value
        for symbol, meaning in list(self.meanings.items()):
            if meaning.kind == kind:
                ratio = key(value / meaning.args[0])
                if not self.varies(ratio):
                    return symbol * (ratio if isinstance(node, Mean | Total) else self.absolute(ratio))
        inside = self.interval(value)
        signs = Interval(Fraction(0) if inside.low >= 0 else -inf, Fraction(0) if inside.high <= 0 else inf)
        return self._new(kind, (value,), varies, signs if isinstance(node, Mean | Total) else NOT_NEGATIVE)

    def _known(self, x: Any) -> Any:
        return key(x.xreplace(self.equal)) if self.equal else x

    # Symbols with a meaning

    def _root(self, base: Any, exponent: Any) -> Any:
        """A root, taken of each factor that is known not to be negative, and of the rest as a whole."""
        base = key(self._known(base))
        if base in (sympy.S.Zero, sympy.S.One) or base.is_infinite:
            return sympy.Pow(base, exponent)
        coefficient, factors = factored(base)
        found, rest = self._rooted(abs(coefficient), exponent), sympy.sign(coefficient)
        for factor, power in factors:
            even, odd = power - power % 2, power % 2
            if not self.factor_signs(factor, 1) & NEGATIVE:
                found *= self._rooted(factor, exponent * power)
            elif not self.factor_signs(factor, 1) & POSITIVE:
                found *= self._rooted(-factor, exponent * power)
                rest *= sympy.Integer(-1) ** power
            else:
                found *= self._rooted(self.absolute(factor), exponent * even) if even else 1
                rest *= factor**odd
        return found * self._rooted(key(rest), exponent)

    def _rooted(self, base: Any, exponent: Any) -> Any:
        """A root of something as a whole, to the power of the exponent's numerator."""
        if exponent.is_Integer or base == 1:
            return sympy.Pow(base, exponent)
        if exponent.q > _LARGEST_ROOT:  # a decimal, such as 0.333: its root to a power would be of huge degree
            return self._power(base, exponent)
        bounds = Interval(Fraction(0), inf, self.interval(base).signs == POSITIVE)  # whatever is supposed now
        one = self._new("root", (base, int(exponent.q)), self.varies(base), bounds)
        return one ** int(exponent.p)

    def _power(self, base: Any, exponent: Any) -> Any:
        base, exponent = key(self._known(base)), key(exponent)
        inside, grows = self.interval(base), not self.interval(exponent).signs & NEGATIVE
        bounds = EVERYTHING if inside.signs & NEGATIVE else NOT_NEGATIVE
        if inside.signs == POSITIVE:
            bounds = Interval(Fraction(0), inf, True)
        if grows and not inside.signs & NEGATIVE and inside.high <= 1:
            strict = self.interval(exponent).signs == POSITIVE
            bounds = bounds.within(Interval(Fraction(0), Fraction(1), False, inside.high_open and strict))
        return self._new("power", (base, exponent), self.varies(base) or self.varies(exponent), bounds)

    def _endless(self, base: Any, exponent: Any) -> Any:
        inside = self.interval(base)
        below = not inside.signs & NEGATIVE and (inside.high < 1 or (inside.high == 1 and inside.high_open))
        if exponent is sympy.oo and below:
            return sympy.S.Zero
        return sympy.nan

    def _modulo(self, x: Any, y: Any) -> Any:
        if x.is_Rational and y.is_Rational and y != 0:
            return x - y * sympy.floor(x / y)
        if x.is_integer and y == 1:
            return sympy.S.Zero
        return self._function("mod", [x, y])

    def _function(self, kind: str, args: list[Any]) -> Any:
        args = [key(self._known(arg)) for arg in args]
        if kind == "floor" and args[0].is_Rational:
            return sympy.floor(args[0])
        if kind in ("exp", "log", "cosine") and args[0] == (1 if kind == "log" else 0):
            return sympy.S.Zero if kind == "log" else sympy.S.One
        bounds = {"exp": Interval(Fraction(0), inf, True), "cosine": Interval(Fraction(-1), Fraction(1))}
        return self._new(kind, tuple(args), any(map(self.varies, args)), bounds.get(kind, EVERYTHING))

    def _new(self, kind: str, args: tuple[Any, ...], varies: bool, bounds: Interval) -> Any:
        """The symbol with a meaning."""
        if (kind, args) not in self.found:
            symbol = sympy.Symbol(f"{kind}_{len(self.found) + 1}", real=True)
            self.found[kind, args] = symbol
            self.meanings[symbol] = Meaning(kind, args, varies)
            self.intervals[symbol] = bounds
        symbol = self.found[kind, args]
        return self.equal.get(symbol, symbol)
