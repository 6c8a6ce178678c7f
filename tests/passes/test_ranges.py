"""Intervals hold what is computed, and what is called safe does not raise."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from random import Random

import pytest
from ir_values import INPUTS
from spec_text import program_of

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Ref,
    Role,
    Select,
    Unary,
)
from optgen.ir.rates import Rate
from optgen.passes.ranges import ANY, Interval, Ranges, ranges

RANGES = ranges(program_of("x[t] = norm(g[t])", "theta[t] = theta[t-1] - lr * beta * c * x[t] * where(fast, t, eps)"))
ONE, LR, BETA, C, T, X = Const(Fraction(1)), *map(Ref, ("lr", "beta", "c", "t", "x"))


def minus(x: Expr, y: Expr) -> Expr:
    """`x - y`."""
    return Binary("sub", x, y)


@pytest.mark.parametrize(
    ("expr", "interval"),
    [
        (LR, Interval(0.0)),
        (BETA, Interval(0.0, 1.0, high_open=True)),
        (C, ANY),
        (T, Interval(1.0, 2.0**53)),
        (X, Interval(0.0)),
        (minus(ONE, BETA), Interval(0.0, 1.0, low_open=True)),
        (Binary("pow", BETA, T), Interval(0.0, 1.0, high_open=True)),
        (minus(ONE, Binary("pow", BETA, T)), Interval(0.0, 1.0, low_open=True)),
        (minus(T, ONE), Interval(0.0, 2.0**53 - 1)),
        (Binary("div", ONE, minus(ONE, BETA)), Interval(1.0)),
        (Binary("add", ONE, Binary("mul", minus(T, ONE), LR)), Interval(1.0)),
        (Unary("neg", BETA), Interval(-1.0, 0.0, low_open=True)),
        (Unary("sqrt", minus(ONE, BETA)), Interval(0.0, 1.0, low_open=True)),
        (Unary("abs", C), Interval(0.0)),
        (Unary("sign", C), Interval(-1.0, 1.0)),
        (Binary("max", C, ONE), Interval(1.0)),
        (Binary("min", LR, ONE), Interval(0.0, 1.0)),
        (Select(Binary("gt", C, ONE), C, Const(Fraction(2))), Interval(1.0, low_open=True)),
        (Binary("div", ONE, C), ANY),
    ],
)
def test_intervals(expr: Expr, interval: Interval) -> None:
    assert RANGES.of(expr) == interval


@pytest.mark.parametrize(
    ("expr", "safe"),
    [
        (Binary("div", ONE, minus(ONE, Binary("pow", BETA, T))), True),
        (Binary("div", ONE, LR), False),
        (Binary("div", ONE, Binary("add", ONE, LR)), True),
        (Binary("pow", BETA, T), True),
        (Binary("pow", LR, T), False),
        (Binary("pow", Const(Fraction(2)), Const(Fraction(10))), True),
        (Binary("pow", Const(Fraction(2)), T), False),
        (Unary("sqrt", minus(ONE, BETA)), True),
        (Unary("sqrt", C), False),
        (Unary("log", T), True),
        (Unary("log", LR), False),
        (Unary("exp", Unary("neg", LR)), True),
        (Unary("exp", LR), False),
    ],
)
def test_safety(expr: Expr, safe: bool) -> None:
    assert RANGES.safe(expr) is safe


def test_conditions_narrow_their_arms() -> None:
    positive = Binary("gt", X, Const(Fraction(0)))
    other = Binary("le", C, Const(Fraction(-1)))
    both, either = Binary("and", positive, other), Binary("or", positive, other)
    assert 0.0 not in RANGES.given(both, True).of(X)
    assert RANGES.given(both, True).of(C).high == -1.0
    assert RANGES.given(both, False).of(X) == Interval(0.0)
    assert RANGES.given(either, False).of(X) == Interval(0.0, 0.0)
    assert RANGES.given(either, False).of(C) == Interval(-1.0, low_open=True)
    assert RANGES.given(Unary("not", positive), False).of(X) == RANGES.given(positive, True).of(X)
    swapped = Binary("lt", Const(Fraction(0)), X)
    assert RANGES.given(swapped, True).of(X) == RANGES.given(positive, True).of(X)
    named = Ranges({}, {"is_positive": positive})
    assert 0.0 not in named.given(Ref("is_positive"), True).of(X)


_UNARY: dict[str, Callable[[float], float]] = {
    "neg": operator.neg,
    "abs": abs,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
}


def _values(name: str, random: Random) -> float:
    choices: dict[str, list[float]] = {
        "lr": [0.0, 5e-324, 1e-300, 1e-3, 1.0, 3.0, 1e300, math.inf],
        "beta": [0.0, 5e-324, 0.1, 0.5, 0.9, math.nextafter(1.0, 0.0)],
        "c": [-math.inf, -1e300, -2.5, -1.0, -0.0, 0.0, 0.3, 1.0, 1e300, math.inf],
        "t": [1, 2, 3, 1000, 2**53],
    }
    return random.choice(choices[name])


def _expression(random: Random, depth: int) -> Expr:
    kind = random.choice(["leaf", "unary", "binary", "binary"]) if depth else "leaf"
    if kind == "unary":
        return Unary(random.choice(["neg", "abs", "sqrt", "sign", "exp", "log"]), _expression(random, depth - 1))
    if kind == "binary":
        op = random.choice(["add", "sub", "mul", "div", "pow", "max", "min"])
        return Binary(op, _expression(random, depth - 1), _expression(random, depth - 1))
    if random.random() < 0.3:
        return Const(Fraction(random.choice(["-1", "0", "1", "2", "0.5", "3"])))
    return Ref(random.choice(["lr", "beta", "c", "t"]))


def _computed(expr: Expr, values: dict[str, float], bounds: Ranges) -> Iterator[tuple[Expr, float]]:
    """Every part of an expression with its value, as long as operations are safe; then nothing more."""

    def value(node: Expr) -> float:
        if isinstance(node, Unary | Binary) and not bounds.safe(node):
            raise LookupError
        match node:
            case Const(number):
                result = float(number)
            case Ref(name):
                result = values[name]
            case Unary(op, x):
                inner = value(x)
                result = math.copysign(inner != 0, inner) if op == "sign" else _UNARY[op](float(inner))
            case Binary(op, x, y):
                a, b = float(value(x)), float(value(y))
                operations = {"add": a + b, "sub": a - b, "mul": a * b}
                if op in operations:
                    result = operations[op]
                else:
                    result = a / b if op == "div" else a**b if op == "pow" else max(a, b) if op == "max" else min(a, b)
        found.append((node, result))
        return result

    found: list[tuple[Expr, float]] = []
    with suppress(LookupError):
        value(expr)
    yield from found


def test_what_is_safe_never_raises_and_stays_within_bounds() -> None:
    """Random host arithmetic on extreme values."""
    random = Random(0)
    bounds = Ranges(ranges_of_inputs(), {})
    checked = 0
    for _ in range(6000):
        expr = _expression(random, 3)
        values = {name: _values(name, random) for name in ("lr", "beta", "c", "t")}
        for part, result in _computed(expr, values, bounds):
            assert isinstance(result, float | int), f"{part} at {values}"
            assert math.isnan(result) or result in bounds.of(part), f"{part} = {result} at {values}"
            checked += 1
    assert checked > 10000


def ranges_of_inputs() -> dict[str, Interval]:
    """Intervals of the hyper-parameters of `INPUTS`, and of the step."""
    inputs = [i for i in INPUTS if i.role in (Role.HYPER, Role.TIME)]
    assert all(i.rate <= Rate.STEP for i in inputs)
    return {"lr": Interval(0.0), "beta": Interval(0.0, 1.0, high_open=True), "c": ANY, "t": Interval(1.0)}
