"""What the symbols of a proof stand for is what the same equations give in numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import pytest
import sympy
from relation_text import SHIPPED

from optgen.check import load_checked
from optgen.prove.cases import Cases
from optgen.prove.intervals import NEGATIVE, POSITIVE, ZERO, domain
from optgen.prove.machine import Machine
from optgen.prove.numeric import DIGITS, ELEMENTS, Numbers
from optgen.prove.sides import given_inputs
from optgen.prove.symbolic import Symbols
from optgen.spec.model import Spec, SpecKind

SPECS = {spec.name: spec for spec in load_checked(SHIPPED) if spec.kind is SpecKind.OPTIMIZER}


class Meaning:
    """Evaluates values of a proof in numbers, by the meanings of their symbols only."""

    def __init__(self, symbols: Symbols, numbers: Numbers) -> None:
        self.symbols, self.numbers = symbols, numbers
        self.of = cache(self._of)

    def _of(self, expr: Any, i: int) -> Any:
        if expr in self.symbols.meanings:
            return self._meant(self.symbols.meanings[expr], i)
        if isinstance(expr, sympy.Symbol) and expr.name == "dims":
            return self.numbers.size("dims")[i]
        if isinstance(expr, sympy.Symbol):
            drawn = self.numbers.drawn.get(expr.name)
            if drawn is None:
                drawn = self.numbers.free(expr.name) if expr.name in self.numbers.domains else None
            assert drawn is not None, expr
            return drawn[i] if isinstance(drawn, tuple) else drawn
        if expr.is_Rational:
            return mpmath.mpf(int(expr.p)) / int(expr.q)
        args = [self.of(arg, i) for arg in expr.args]
        match expr:
            case sympy.Add():
                return mpmath.fsum(args)
            case sympy.Mul():
                return mpmath.fprod(args)
            case sympy.Pow():
                return args[0] ** int(expr.exp)
        raise NotImplementedError(expr)

    def _meant(self, meaning: Any, i: int) -> Any:
        args = meaning.args
        if meaning.kind == "choice":
            return self.of(args[1] if self._holds(args[0], i) else args[2], i)
        if meaning.kind == "pi":
            return mpmath.pi + 0
        if meaning.kind == "root":
            return mpmath.root(self.of(args[0], i), args[1])
        everywhere = [[self.of(arg, n) for n in range(ELEMENTS)] for arg in args]
        values = [row[i] for row in everywhere]
        functions: dict[str, Callable[[], Any]] = {
            "power": lambda: values[0] ** values[1],
            "absolute": lambda: abs(values[0]),
            "sign": lambda: mpmath.sign(values[0]),
            "exp": lambda: mpmath.exp(values[0]),
            "log": lambda: mpmath.log(values[0]),
            "mod": lambda: values[0] - values[1] * mpmath.floor(values[0] / values[1]),
            "Norm": lambda: mpmath.sqrt(mpmath.fsum(x * x for x in everywhere[0])),
            "Total": lambda: mpmath.fsum(everywhere[0]),
            "Mean": lambda: mpmath.fsum(everywhere[0]) / len(everywhere[0]),
            "MaxAbs": lambda: max(map(abs, everywhere[0])),
        }
        name, _, over = meaning.kind.partition(" over ")
        if over in ("cols", "outputs"):  # a vector has one element in each
            everywhere = [[row[i]] for row in everywhere]
        return functions[name]()

    def _holds(self, condition: Any, i: int) -> bool:
        match condition:
            case bool():
                return condition
            case "sign", p, signs:
                value = self.of(p, i)
                return bool(signs & (POSITIVE if value > 0 else NEGATIVE if value < 0 else ZERO))
            case "not", inner:
                return not self._holds(inner, i)
            case "all", parts:
                return all(self._holds(part, i) for part in parts)
        raise NotImplementedError(condition)


def _steps(spec: Spec, algebra: Any, number: Callable[[int], Any], flags: dict[str, bool]) -> dict[str, Any]:
    machine = Machine(spec, flags, algebra)
    state = machine.start(algebra.element("theta[0]"))
    for t in (1, 2):
        given = {name: algebra.element(f"{shared}[{t}]") for name, shared in given_inputs(spec)}
        state = machine.step(state, given, number(t), t)
    return state


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("name", SPECS)
def test_symbols_mean_what_numbers_are(name: str, flipped: bool) -> None:
    spec = SPECS[name]
    domains = {h.name: domain(h.bounds) for h in spec.hypers}
    flags = {f.name: not f.default for f in spec.choices} if flipped else {}
    symbols = Symbols(domains)
    symbolic = _steps(spec, symbols, sympy.Integer, flags)
    compared = 0
    with mpmath.workdps(DIGITS):
        for seed in range(3):
            numbers = Numbers(domains, seed)
            expected = _steps(spec, numbers, lambda t: numbers.number(sympy.Integer(t)), flags)  # noqa: B023
            meaning = Meaning(symbols, numbers)
            for series, row in expected.items():
                for i in range(ELEMENTS):
                    if mpmath.isfinite(row[i]):
                        try:
                            value = meaning.of(symbolic[series], i)
                        except ZeroDivisionError:
                            continue
                        assert abs(value - row[i]) <= mpmath.mpf(10) ** -20 * (1 + abs(row[i])), (series, seed, i)
                        compared += 1
    assert compared


def _expressions(symbols: Symbols) -> list[Any]:
    x, y = symbols.element("x"), symbols.element("y")
    beta = symbols.free("beta")
    return [
        *(x, y, -x, x * y, x**2 * y, -(x**2), x - y, (1 - beta) * x, (beta - 1) * x * y, x / y, x**3 / (1 + beta)),
        *(x**2 + y**2, x**2 - 2 * x * y + y**2, -1 / (1 - beta**2), beta * x - x, y - y * beta**3, 1 - x**2),
    ]


@pytest.mark.parametrize("kind", ["absolute", "sign", "root", "condition"])
def test_simplified_functions_keep_their_values(kind: str) -> None:
    symbols = Symbols({"beta": domain((("ge", 0), ("lt", 1)))})
    compared = 0
    with mpmath.workdps(DIGITS):
        for seed in range(6):
            numbers = Numbers(symbols.domains, seed)
            numbers.element("x")
            numbers.element("y")
            meaning = Meaning(symbols, numbers)
            for expr in _expressions(symbols):
                for i in range(ELEMENTS):
                    try:
                        value = meaning.of(expr, i)
                    except ZeroDivisionError:
                        continue
                    compared += _check(kind, symbols, meaning, expr, value, i)
    assert compared > 100


def _check(kind: str, symbols: Symbols, meaning: Meaning, expr: Any, value: Any, i: int) -> bool:
    """Compare one function of a value; False where it has none."""
    if kind == "condition":
        for signs in range(1, 7):
            expected = bool(signs & (POSITIVE if value > 0 else NEGATIVE if value < 0 else ZERO))
            assert meaning._holds(symbols.in_signs(expr, signs), i) == expected, (expr, signs)
        return True
    made: dict[str, Callable[[Any], Any]] = {
        "absolute": symbols.absolute,
        "sign": symbols.sign,
        "root": lambda e: symbols.power(e, sympy.S.Half),
    }
    if kind == "root" and value < 0:
        return False
    try:
        found = meaning.of(made[kind](expr), i)
    except ZeroDivisionError:
        return False
    expected = {"absolute": abs(value), "sign": mpmath.sign(value), "root": mpmath.sqrt(abs(value))}[kind]
    assert abs(found - expected) < mpmath.mpf(10) ** -20 * (1 + abs(expected)), expr
    return True


def test_intervals_hold_what_they_are_of() -> None:
    symbols = Symbols({"beta": domain((("ge", 0), ("lt", 1)))})
    with mpmath.workdps(DIGITS):
        for seed in range(20):
            numbers = Numbers(symbols.domains, seed)
            numbers.element("x")
            numbers.element("y")
            meaning = Meaning(symbols, numbers)
            for expr in _expressions(symbols):
                found = symbols.interval(expr)
                try:
                    value = meaning.of(expr, 0)
                except ZeroDivisionError:
                    continue
                low = operator.lt if found.low_open else operator.le
                high = operator.lt if found.high_open else operator.le
                assert low(mpmath.mpf(float(found.low)), value), expr
                assert high(value, mpmath.mpf(float(found.high))), expr


def test_cases_are_found_to_be_contradictory() -> None:
    symbols = Symbols({})
    x, y, z = (symbols.element(name) for name in "xyz")
    cases = Cases(symbols)
    facts = {x - y: POSITIVE, y - z: POSITIVE, x - z: NEGATIVE}
    assert cases.residual(x, "==", {}) is not None
    assert cases.residual(x, "==", facts) is None


def test_domains() -> None:
    found = domain((("ge", 0), ("lt", 0.1)))
    assert (found.low, found.high, found.low_open, found.high_open) == (0, Fraction(1, 10), False, True)
    assert found.signs == ZERO | POSITIVE
    assert domain((("gt", 0),)).signs == POSITIVE
