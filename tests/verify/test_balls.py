"""What operations make of errors, by hand: bounds are attained, and where nothing is known nothing is claimed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from optgen.verify import balls
from optgen.verify.balls import Ball

INF, NAN = np.inf, np.nan


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def ball(value: float, error: float = 0.0) -> Ball:
    return Ball(np.float64(value), error)


def check(found: Ball, value: float, error: float) -> None:
    assert np.array_equal(np.asarray(found.value), value, equal_nan=True)
    assert float(found.error) == pytest.approx(error, rel=1e-12)


@pytest.mark.parametrize(
    ("operation", "x", "y", "value", "error"),
    [
        (balls.add, ball(1, 0.1), ball(2, 0.2), 3, 0.3),
        (balls.subtract, ball(1, 0.1), ball(2, 0.2), -1, 0.3),
        (balls.multiply, ball(-3, 0.1), ball(2, 0.2), -6, 0.2 + 0.6 + 0.02),
        (balls.divide, ball(1, 0.1), ball(2, 0.5), 0.5, (0.1 + 0.25) / 1.5),
        (balls.divide, ball(1, 0.1), ball(2, 2), 0.5, INF),
        (balls.largest, ball(1, 0.1), ball(1.2, 0.2), 1.2, 0.2),
        (balls.largest, ball(1, 0.1), ball(9, 0.01), 9, 0.01),
        (balls.smallest, ball(1, 0.1), ball(9, 3), 1, 0.1),
        (balls.power, ball(2, 0), ball(3, 0), 8, 0),
        (balls.power, ball(2, 0.02), ball(3, 0), 8, 8 * ((2 / 1.98) ** 3 - 1)),
        (balls.power, ball(0, 0), ball(3, 0), 0, 0),
        (balls.power, ball(0, 0.1), ball(2, 0), 0, 0.01),
        (balls.power, ball(0, 0.1), ball(-2, 0), INF, INF),
        (balls.power, ball(-2, 0), ball(3, 0), -8, 0),
        (balls.power, ball(-2, 0), ball(0.5, 0), NAN, 0),
        (balls.power, ball(-2, 0), ball(3, 0.1), -8, INF),
    ],
)
def test_two_operands(operation: Callable[..., Ball], x: Ball, y: Ball, value: float, error: float) -> None:
    check(operation(x, y), value, error)


@pytest.mark.parametrize(
    ("operation", "x", "value", "error"),
    [
        (balls.negative, ball(1, 0.1), -1, 0.1),
        (balls.absolute, ball(-1, 0.1), 1, 0.1),
        (balls.square, ball(-3, 0.1), 9, 0.61),
        (balls.sign, ball(-3, 0.1), -1, 0),
        (balls.sign, ball(0, 0), 0, 0),
        (balls.sign, ball(0, 1e-9), 0, 2),
        (balls.sign, ball(0.5, 1), 1, 2),
        (balls.root, ball(4, 0), 2, 0),
        (balls.root, ball(4, 3), 2, 1),
        (balls.root, ball(0, 0), 0, 0),
        (balls.root, ball(0, 0.1), 0, INF),
        (balls.root, ball(-1, 0.1), NAN, 0),
        (balls.root, Ball(np.float64(0), 0.25, True), 0, 0.5),
        (balls.root, Ball(np.float64(1), 3.0, True), 1, 2),
        (balls.exponential, ball(0, 1), 1, np.e - 1),
        (balls.logarithm, ball(2, 1), np.log(2), np.log(2)),
        (balls.logarithm, ball(1, 2), 0, INF),
        (balls.logarithm, ball(0, 0), -INF, 0),
        (balls.logarithm, ball(-1, 0.1), NAN, 0),
    ],
)
def test_one_operand(operation: Callable[..., Ball], x: Ball, value: float, error: float) -> None:
    check(operation(x), value, error)


@pytest.mark.parametrize(
    ("operation", "x", "y", "value", "error"),
    [
        (balls.divide, ball(1), ball(0), INF, 0),
        (balls.divide, ball(1, 2), ball(0), INF, INF),
        (balls.divide, ball(0), ball(0), NAN, 0),
        (balls.divide, ball(1), ball(0, 1e-9), INF, INF),
        (balls.divide, ball(1), ball(INF), 0, 0),
        (balls.add, ball(INF), ball(1, 0.5), INF, 0),
        (balls.add, ball(INF), ball(-INF), NAN, 0),
        (balls.add, ball(NAN), ball(1), NAN, 0),
        (balls.subtract, ball(INF), ball(INF), NAN, 0),
        (balls.multiply, ball(INF), ball(2, 0.1), INF, 0),
        (balls.multiply, ball(INF), ball(0.1, 0.2), INF, INF),
        (balls.multiply, ball(INF), ball(0), NAN, 0),
        (balls.multiply, ball(0), ball(0, INF), 0, INF),
        (balls.largest, ball(INF), ball(1, 0.1), INF, 0),
        (balls.largest, ball(NAN), ball(1, 0), NAN, 0),
    ],
)
def test_infinity_and_nan_are_certain_unless_errors_decide(
    operation: Callable[..., Ball], x: Ball, y: Ball, value: float, error: float
) -> None:
    found = operation(x, y)
    assert np.array_equal(found.value, value, equal_nan=True)
    assert np.isinf(found.error) == np.isinf(error)


@pytest.mark.parametrize(
    "found",
    [
        lambda: balls.add(ball(1.7e308), ball(1.7e308)),
        lambda: balls.subtract(ball(-1.7e308), ball(1.7e308)),
        lambda: balls.multiply(ball(1e200), ball(1e200)),
        lambda: balls.divide(ball(1e200), ball(1e-200)),
        lambda: balls.exponential(ball(1000)),
        lambda: balls.power(ball(10), ball(400)),
    ],
)
def test_nothing_is_known_of_an_overflow(found: Callable[[], Ball]) -> None:
    assert np.isinf(found().error)


def test_what_is_zero_for_certain() -> None:
    assert balls.zero(Ball(np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0]))).tolist() == [True, False, False]
    assert balls.zero(ball(0, 0.1)) is False


def test_sums_and_products_of_what_is_not_negative_are_not() -> None:
    some, square = ball(1, 0.5), balls.square(ball(1, 2))
    assert square.never_negative
    assert balls.add(some, square).never_negative
    assert balls.multiply(some, square).never_negative
    assert balls.divide(square, some).never_negative
    assert balls.largest(square, ball(-1)).never_negative
    assert not balls.smallest(square, ball(-1)).never_negative
    assert not balls.subtract(square, some).never_negative
    assert not balls.add(some, ball(-1)).never_negative


@pytest.mark.parametrize(
    ("op", "x", "y", "value", "doubt"),
    [
        ("lt", ball(1, 0.1), ball(2, 0.1), True, 0),
        ("lt", ball(1, 0.5), ball(2, 0.6), True, 1),
        ("ge", ball(1), ball(1), True, 0),
        ("gt", ball(1), ball(1), False, 0),
        ("gt", ball(1, 1e-9), ball(1), False, 1),
        ("eq", ball(1), ball(1), True, 0),
        ("ne", ball(1, 0.1), ball(1), False, 1),
        ("lt", ball(NAN), ball(1), False, 0),
        ("lt", ball(1), ball(5, INF), True, 1),
    ],
)
def test_comparisons(op: str, x: Ball, y: Ball, value: bool, doubt: int) -> None:
    found = balls.compare(op, x, y)
    assert (bool(found.value), float(found.error)) == (value, doubt)


def truth(value: bool, doubt: float) -> Ball:
    return Ball(np.bool_(value), doubt)


@pytest.mark.parametrize(
    ("operation", "x", "y", "value", "doubt"),
    [
        (balls.both, truth(True, 0), truth(True, 1), True, 1),
        (balls.both, truth(False, 0), truth(True, 1), False, 0),
        (balls.both, truth(False, 1), truth(False, 0), False, 0),
        (balls.either, truth(False, 0), truth(True, 1), True, 1),
        (balls.either, truth(True, 0), truth(True, 1), True, 0),
        (balls.either, truth(False, 1), truth(False, 0), False, 1),
    ],
)
def test_connectives(operation: Callable[..., Ball], x: Ball, y: Ball, value: bool, doubt: float) -> None:
    found = operation(x, y)
    assert (bool(found.value), float(found.error)) == (value, doubt)


@pytest.mark.parametrize(
    ("condition", "x", "y", "value", "error"),
    [
        (truth(True, 0), ball(1, 0.1), ball(9, 0.2), 1, 0.1),
        (truth(False, 0), ball(1, 0.1), ball(9, 0.2), 9, 0.2),
        (truth(True, 1), ball(1, 0.1), ball(9, 0.2), 1, 8.2),
        (truth(True, 1), ball(NAN), ball(9), NAN, INF),
        (truth(True, 1), ball(INF), ball(INF), INF, 0),
        (truth(False, 1), ball(1, INF), ball(9), 9, INF),
    ],
)
def test_choices(condition: Ball, x: Ball, y: Ball, value: float, error: float) -> None:
    check(balls.select(condition, x, y), value, error)


def test_elements_do_not_disturb_each_other() -> None:
    x = Ball(np.array([1.0, INF, NAN, 1e300, 0.0]), np.array([0.1, 0.0, 0.0, 0.0, INF]))
    y = Ball(np.array([2.0, 2.0, 2.0, 1e300, 2.0]), 0.2)
    for operation in (balls.add, balls.multiply, balls.divide, balls.power):
        together = operation(x, y)
        for i in range(5):
            alone: Any = operation(ball(x.value[i], x.error[i]), ball(y.value[i], 0.2))
            assert np.array_equal(together.value[i], alone.value, equal_nan=True)
            assert together.error[i] == pytest.approx(float(alone.error), nan_ok=False)
