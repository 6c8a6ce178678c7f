"""Whether a value is zero, or not negative, in every case: what depends on data is split into its cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import sympy

from .intervals import NEGATIVE, POSITIVE, ZERO
from .knowledge import Condition, root_of_square
from .polynomials import key, leading_sign
from .symbolic import Symbols

_MOST_CASES = 400


@dataclass(frozen=True)
class Residual:
    """What is left where it should be nothing.

    Attributes:
        value: A value.
        case: What is supposed, as pairs of a value and its possible signs.
    """

    value: Any
    case: tuple[tuple[Any, int], ...] = ()


class TooManyCasesError(Exception):
    """There are more cases than can be looked at."""


class Cases:
    """Looks at one value after the other, for one proof."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.count = 0
        self.given: Mapping[Any, int] = {}

    def residual(self, value: Any, sign: str, given: Mapping[Any, int]) -> Residual | None:
        """Where the value is not zero (`==`), or not known to be at least zero (`>=`); None where it is.

        Args:
            value: A value.
            sign: What is claimed of it.
            given: Signs that other values have.

        Raises:
            TooManyCasesError: There is no end to it.
        """
        self.count, self.given = 0, given
        with self.symbols.supposing(given, {}):
            return self._residual(self.known(value, given), sign, ())

    def known(self, value: Any, given: Mapping[Any, int]) -> Any:
        """A value as it is where other values have signs that are given."""
        with self.symbols.supposing(given, {}):
            return self._again(value, {}) if given else value

    def in_one_case(self, value: Any) -> Any:
        """A value as it is in some case."""
        found = self._undecided(value)
        if found is None:
            return value
        p, signs = found
        one = next(sign for sign in (NEGATIVE, POSITIVE, ZERO) if signs & sign)
        with self.symbols.supposing({p: one}, {}):
            return self.in_one_case(self._again(value, {}))

    def _residual(self, value: Any, sign: str, case: tuple[tuple[Any, int], ...]) -> Residual | None:
        self.count += 1
        if self.count > _MOST_CASES:
            raise TooManyCasesError
        if case and self._is_excluded():
            return None
        if value.has(sympy.nan, sympy.zoo):  # in a case, the update has no value itself; without one, we have no idea
            return None if case else Residual(value)
        value = reduced(self.symbols, value)
        if value == 0 or (sign == ">=" and not self.symbols.signs(value) & NEGATIVE):
            return None
        found = self._undecided(value)
        for p in self.given if found is None else ():
            found = found or self._undecided(self._again(p, {}))
        if found is None:
            return None if self._is_contradiction() else Residual(value, case)
        p, signs = found
        for one in (POSITIVE, NEGATIVE, ZERO):
            if not signs & one:
                continue
            equal = self._solved(self._at_zero(p)) if one == ZERO else {}
            with self.symbols.supposing({p: one}, equal):
                rest = self._residual(self._again(value, {}), sign, (*case, (p, one)))
            if rest is not None:
                return rest
        return None

    def _is_excluded(self) -> bool:
        """Whether there is nothing of the case at hand: what is supposed and given contradicts itself."""
        if any(not self.symbols.interval_now(p).signs & signs for p, signs in self.symbols.facts.items()):
            return True
        for p, signs in self.given.items():
            now = self._again(p, {})
            if now != p and not self.symbols.signs(now) & signs:
                return True
        return False

    def _is_contradiction(self) -> bool:
        """Whether some of the signs that are supposed exclude each other: x > y, y > z, z > x."""
        turned = {POSITIVE: 1, POSITIVE | ZERO: 1, NEGATIVE: -1, NEGATIVE | ZERO: -1}
        known = [(self._again(p, {}), s) for p, s in self.symbols.facts.items() if s in turned]
        facts = [(turned[s] * p, s in (POSITIVE, NEGATIVE)) for p, s in known]
        for some in (some for n in (1, 2, 3) for some in combinations(facts, n)):
            signs = self.symbols.interval_now(sympy.expand(sympy.Add(*(p for p, _ in some)))).signs
            strict = any(strictly for _, strictly in some)
            if not signs & (POSITIVE if strict else POSITIVE | ZERO):
                return True
        return False

    def _undecided(self, value: Any) -> tuple[Any, int] | None:
        """What to split: the first that the value depends on; magnitudes and signs may stay till the end."""
        meanings = self.symbols.meanings
        order = {s: (meanings[s].kind != "choice", n) for n, s in enumerate(meanings)}
        for symbol in sorted(self._below(value), key=order.__getitem__):
            for p in _questions(self.symbols.meanings[symbol].kind, self.symbols.meanings[symbol].args):
                p = root_of_square(sympy.factor(p)) or key(leading_sign(p) * p)
                signs = self.symbols.signs(p)
                if signs not in (NEGATIVE, ZERO, POSITIVE):
                    return p, signs
        return None

    def _below(self, value: Any) -> set[Any]:
        """The symbols with a meaning that a value is made of; not what stands inside a reduction."""
        found: set[Any] = set()
        waiting = list(value.free_symbols)
        while waiting:
            symbol = waiting.pop()
            if symbol in found or symbol not in self.symbols.meanings:
                continue
            found.add(symbol)
            if not self.symbols.is_reduction(symbol):
                waiting += _free(self.symbols.meanings[symbol].args)
        return found

    def _at_zero(self, p: Any) -> Any:
        """What is zero for each element where p is zero: of a norm, its argument."""
        meaning = self.symbols.meanings.get(p)
        if meaning is None or meaning.kind not in ("Norm", "MaxAbs"):
            return p
        return sympy.fraction(sympy.together(meaning.args[0]))[0]

    def _solved(self, p: Any) -> dict[Any, Any]:
        """A symbol that p is zero for, as far as one can be isolated."""
        for symbol in sorted(p.free_symbols, key=str):
            if self.symbols.meanings.get(symbol) and not self.symbols.is_reduction(symbol):
                continue
            poly = sympy.Poly(p, symbol) if p.is_polynomial(symbol) else sympy.Poly(0, symbol)
            if poly.degree() == 1 and self.symbols.signs(poly.LC()) in (NEGATIVE, POSITIVE):
                value = key(-poly.coeff_monomial(1) / poly.LC())
                if symbol not in self._leaves(value):
                    return {symbol: value}
        return {}

    def _leaves(self, value: Any) -> set[Any]:
        """Every symbol that a value depends on."""
        below = self._below(value)
        inner: set[Any] = set().union(*(_free(self.symbols.meanings[s].args) for s in below)) if below else set()
        return set(value.free_symbols) | below | inner

    def _again(self, value: Any, made: dict[Any, Any]) -> Any:
        """A value made again, with what is known by now."""
        for symbol in sorted(value.free_symbols, key=str):
            if symbol not in made:
                made[symbol] = self._made_again(symbol, made)
        return value.xreplace(made)

    def _made_again(self, symbol: Any, made: dict[Any, Any]) -> Any:
        symbols, meaning = self.symbols, self.symbols.meanings.get(symbol)
        if symbol in symbols.equal:
            return self._again(symbols.equal[symbol], made)
        if meaning is None or symbols.is_reduction(symbol):
            return symbol
        args = meaning.args
        match meaning.kind:
            case "choice":
                condition = self._condition(args[0], made)
                return symbols.choose(condition, lambda: self._again(args[1], made), lambda: self._again(args[2], made))
            case "root":
                return symbols.power(self._again(args[0], made), sympy.Rational(1, args[1]))
            case "power":
                return symbols.power(self._again(args[0], made), self._again(args[1], made))
            case "absolute":
                return symbols.absolute(self._again(args[0], made))
            case "sign":
                return symbols.sign(self._again(args[0], made))
        return symbol

    def _condition(self, condition: Condition, made: dict[Any, Any]) -> Condition:
        match condition:
            case "sign", p, signs:
                known = self.symbols.facts.get(p)
                if known is not None and (not known & ~signs or not known & signs):
                    return bool(known & signs)
                return self.symbols.in_signs(self._again(p, made), signs)
            case "not", inner:
                return self.symbols.negated(self._condition(inner, made))
            case "all", parts:
                return self.symbols.all_of([self._condition(part, made) for part in parts])
        return condition


def reduced(symbols: Symbols, value: Any) -> Any:
    """Zero where a value is zero by the laws of roots and magnitudes; otherwise the value, without its divisor."""
    above = _numerator(value)
    while above != 0:
        latest = [s for s in symbols.meanings if s in above.free_symbols]
        for symbol in reversed(latest):
            simpler = _reduced_in(symbols, above, symbol)
            if simpler is not None:
                above = simpler
                break
        else:
            break
    return sympy.S.Zero if above == 0 else value


def _reduced_in(symbols: Symbols, above: Any, symbol: Any) -> Any:
    """A numerator without high powers of a root or magnitude; None where there are none."""
    meaning = symbols.meanings[symbol]
    if meaning.kind not in ("root", "absolute"):
        return None
    base, degree = (meaning.args[0], meaning.args[1]) if meaning.kind == "root" else (meaning.args[0] ** 2, 2)
    poly = sympy.Poly(above, symbol)
    if poly.degree() < degree:
        return None
    terms = (c * base ** (n // degree) * symbol ** (n % degree) for (n,), c in poly.terms())
    return _numerator(sympy.Add(*terms))


def _numerator(value: Any) -> Any:
    return sympy.expand(sympy.fraction(sympy.together(value))[0])


def _questions(kind: str, args: tuple[Any, ...]) -> Iterator[Any]:
    """What has to be decided before the symbol is something simpler."""
    if kind in ("absolute", "sign"):
        yield args[0]
    elif kind == "choice":
        yield from _compared(args[0])


def _compared(condition: Condition) -> Iterator[Any]:
    match condition:
        case "sign", p, _:
            yield p
        case "not", inner:
            yield from _compared(inner)
        case "all", parts:
            for part in parts:
                yield from _compared(part)


def _free(args: Any) -> list[Any]:
    """The symbols in the arguments of a meaning."""
    found: list[Any] = []
    for arg in args:
        if isinstance(arg, tuple):
            found += _free(arg)
        elif isinstance(arg, sympy.Basic):
            found += arg.free_symbols
    return found
