"""Bounds: attained on cases by hand, and never exceeded by what arithmetic does to random programs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from random_programs import Machine, exactly, random_program

from optgen.ir.nodes import (
    Binary,
    Const,
    Expr,
    Input,
    Let,
    Output,
    Program,
    Reduce,
    Ref,
    Role,
    Select,
    Unary,
)
from optgen.ir.rates import Rate
from optgen.verify.balls import Ball
from optgen.verify.bounds import Analysis
from optgen.verify.inputs import gradients, landmarks, parameters
from optgen.verify.precision import (
    COMPILED_DOUBLE,
    COMPILED_SINGLE,
    CUDA,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    INTERPRETED,
    SINGLE,
    Precision,
)
from optgen.verify.sums import reduced

U = SINGLE
TINY = 2.0**-149


def program(expr: Expr, *before: Let, flag: bool = False) -> Program:
    inputs = (
        Input("x_prev", "x", Role.PARAM, Rate.ELEMENT),
        Input("g", "g", Role.GRAD, Rate.ELEMENT),
        Input("h", "h", Role.HYPER, Rate.CONSTANT),
        *((Input("f", "f", Role.FLAG, Rate.CONSTANT),) if flag else ()),
    )
    return Program("made", inputs, (*before, Let("x", expr)), (Output("x", Role.PARAM, "x"),))


def bound(expr: Expr, x: float, g: float = 1.0, h: float = 0.1, precision: Precision = FLOAT32) -> float:
    values = {"x_prev": np.array([x]), "g": np.array([g]), "h": h}
    return float(Analysis(program(expr), precision).bounds(values, {})["x"][0])


X, G, H = Ref("x_prev"), Ref("g"), Ref("h")
ONE, TENTH = Const(Fraction(1)), Const(Fraction(1, 10))
ROUND_H = abs(float(np.float32(0.1)) - 0.1)


@pytest.mark.parametrize(
    ("expr", "x", "g", "expected"),
    [
        (Ref("x_prev"), 3.0, 1.0, 0.0),
        (Binary("add", X, G), 3.0, 1.0, 4 * U),
        (Binary("add", X, G), 3.0, 0.0, 0.0),
        (Binary("sub", X, G), 3.0, 3.0, 0.0),
        (Binary("mul", X, G), 3.0, 5.0, 15 * U + TINY),
        (Binary("mul", X, G), 0.0, 5.0, 0.0),
        (Binary("div", X, G), 3.0, 6.0, 0.5 * U + TINY),
        (Binary("max", X, G), 3.0, 6.0, 0.0),
        (Unary("neg", X), 3.0, 1.0, 0.0),
        (Unary("sqrt", X), 4.0, 1.0, 2 * U + TINY),
        (Unary("sqrt", X), 0.0, 1.0, 0.0),
        (Unary("sqrt", Binary("mul", X, X)), 0.0, 1.0, 0.0),
        (Unary("exp", X), 0.0, 1.0, 8 * U + TINY),
        (Binary("mul", X, H), 3.0, 1.0, 3 * ROUND_H + 0.3 * U + TINY),
        (Binary("mul", X, TENTH), 3.0, 1.0, 3 * ROUND_H + 0.3 * U + TINY),
        (Binary("sub", Binary("add", X, G), X), 3.0, 1.0, 4 * U + U),
        (Select(Binary("gt", X, G), X, G), 3.0, 1.0, 0.0),
        (Select(Binary("gt", Binary("div", X, G), X), X, G), 3.0, 1.0, 2.0),
        (H, 3.0, 1.0, ROUND_H),
    ],
)
def test_by_hand(expr: Expr, x: float, g: float, expected: float) -> None:
    assert bound(expr, x, g) == pytest.approx(expected, rel=1e-6, abs=0)


def test_a_threshold_that_float32_holds_leaves_no_doubt_at_equality() -> None:
    choice = Select(Binary("ge", X, H), ONE, Const(Fraction(7)))
    assert bound(choice, 0.5, h=0.5) == 0
    assert bound(choice, 0.1, h=0.1) == 6
    twice = Select(Binary("ge", X, Binary("mul", Const(Fraction(2)), H)), ONE, Const(Fraction(7)))
    assert bound(twice, 1.0, h=0.5) == 0
    assert bound(twice, 1.0, h=0.5, precision=FLOAT64) == 6  # where the product may round


def test_what_float16_is_too_short_for() -> None:
    tiny = Const(Fraction(1, 10**8))
    assert bound(Binary("add", X, tiny), 1.0, precision=FLOAT16) == pytest.approx(2.0**-11, rel=1e-3)
    assert bound(Binary("div", X, Binary("add", G, tiny)), 1.0, 0.0, precision=FLOAT16) == np.inf
    assert bound(Binary("mul", X, G), 300.0, 300.0, precision=FLOAT16) == np.inf
    assert bound(Binary("mul", X, G), 1e-4, 1e-4, precision=FLOAT16) == pytest.approx(2.0**-24, rel=1e-3)


def test_double_precision_is_as_much_sharper() -> None:
    expr = Binary("add", Binary("mul", X, G), X)
    ratio = bound(expr, 3.0, 5.0, precision=FLOAT32) / bound(expr, 3.0, 5.0, precision=FLOAT64)
    assert ratio == pytest.approx(2.0**29)


@pytest.mark.parametrize("x", [1e20, -1e30, 3.4028234e38])
def test_nothing_is_known_where_float32_overflows(x: float) -> None:
    square = Binary("mul", X, X)
    assert np.isinf(bound(square, x))
    assert np.isfinite(bound(square, x, precision=FLOAT64))
    assert np.isinf(bound(Binary("div", ONE, square), x))


def test_infinite_gradients_are_certain() -> None:
    average = Binary("add", Binary("mul", H, X), Binary("mul", Binary("sub", ONE, H), G))
    assert bound(average, 1.0, np.inf) == 0
    assert bound(average, 1.0, np.nan) == 0


def test_a_gpu_may_flush_the_argument_of_a_root() -> None:
    root = Unary("sqrt", Binary("mul", X, X))
    assert bound(root, 1e-20, precision=CUDA) >= 1e-20
    assert bound(root, 1e-20, precision=FLOAT32) < 1e-22


def test_a_gpu_loses_digits_of_an_exponential_with_its_argument() -> None:
    assert bound(Unary("exp", X), 80.0, precision=CUDA) > 10 * bound(Unary("exp", X), 80.0, precision=FLOAT32)


def test_host_values_reach_tensor_code_in_float32() -> None:
    total = Let("total", Reduce("sum", X))
    scaled = Let("scaled", Binary("mul", Ref("total"), H))
    values = {"x_prev": np.array([1.0]), "g": np.array([1.0]), "h": 0.1}
    made = program(Ref("scaled"), total, scaled)
    kernel, reference = Analysis(made, INTERPRETED), Analysis(made, FLOAT32)
    for analysis in (kernel, reference):
        analysis.bounds(values, {})
    assert kernel.known["scaled"].error == pytest.approx(ROUND_H, rel=1e-6)
    assert reference.known["scaled"].error < 1e-16


@pytest.mark.parametrize(("count", "levels"), [(1, 0), (2, 1), (10, 9), (37, 14), (128, 18), (1024, 21)])
def test_a_sum_rounds_as_often_as_it_is_added_to(count: int, levels: int) -> None:
    made = program(Binary("mul", X, Ref("total")), Let("total", Reduce("sum", G)))
    values = {"x_prev": np.full(count, 3.0), "g": np.full(count, 2.0**-10), "h": 0.1}
    found = float(Analysis(made, INTERPRETED).bounds(values, {})["x"][0]) / 3
    size = count * 2.0**-10
    assert found == pytest.approx(levels * U * size + 2 * U * size, rel=0.01, abs=U * size)


def test_a_reduction_of_what_is_the_same_for_all_elements() -> None:
    made = program(Binary("mul", X, Ref("total")), Let("total", Reduce("sum", H)))
    analysis = Analysis(made, FLOAT64)
    analysis.bounds({"x_prev": np.ones(8), "g": np.ones(8), "h": 0.25}, {})
    assert analysis.known["total"].value == 2


def test_only_the_arm_that_a_flag_chooses_counts() -> None:
    made = program(Select(Ref("f"), X, Unary("log", Unary("neg", X))), flag=True)
    values = {"x_prev": np.ones(2), "g": np.ones(2), "h": 0.1}
    assert not Analysis(made, FLOAT32).bounds(values, {"f": True})["x"].any()


def test_the_arm_that_a_settled_condition_leaves_out_need_not_exist() -> None:
    made = program(Select(Binary("and", Ref("f"), Binary("gt", X, G)), Ref("s_prev"), X), flag=True)
    inputs = (*made.inputs, Input("s_prev", "s", Role.STATE, Rate.ELEMENT, frozenset({("f", True)})))
    values = {"x_prev": np.ones(2), "g": np.ones(2), "h": 0.1}
    assert not Analysis(replace(made, inputs=inputs), FLOAT32).bounds(values, {"f": False})["x"].any()


def test_statements_of_other_flags_are_left_out() -> None:
    under = frozenset({("f", True)})
    made = program(X, Let("s", Binary("add", Ref("s_prev"), G), under), flag=True)
    inputs = (*made.inputs, Input("s_prev", "s", Role.STATE, Rate.ELEMENT, under))
    made = replace(made, inputs=inputs, outputs=(*made.outputs, Output("s", Role.STATE, "s", under)))
    values = {"x_prev": np.ones(2), "g": np.ones(2), "h": 0.1}
    assert set(Analysis(made, FLOAT32).bounds(values, {"f": False})) == {"x"}
    assert set(Analysis(made, FLOAT32).bounds(values | {"s_prev": np.ones(2)}, {"f": True})) == {"x", "s"}


def _compare(seed: int, bounds: Precision, machine: Precision | None) -> tuple[float, int]:
    """The largest share of a bound that an error takes, and how many were compared."""
    rng = np.random.default_rng(seed)
    made, count = random_program(rng), int(rng.choice([1, 2, 9, 37]))
    hyper = {"h": float(rng.choice([0, 1, 0.3, 2.5])), "k": float(rng.choice([0.9, 0.999, 3, 1e-8]))}
    marks = landmarks(hyper.values())
    values = {
        "x_prev": parameters(rng, count, marks).astype(bounds.dtype),
        "g": gradients(rng, count, marks).astype(bounds.dtype),
        "s_prev": np.abs(gradients(rng, count, marks)).astype(bounds.dtype),
        "t": float(rng.choice([1, 2, 1000])),
        **hyper,
    }
    allowed = Analysis(made, bounds).bounds(values, {})
    worst, compared = 0.0, 0
    for output in ("x", "s"):
        got, exact = Machine(machine, rng, bounds.dtype).run(made, values, output), exactly(made, values, output)
        for number, expected, most in zip(got, exact, allowed[output], strict=True):
            if expected is None or not np.isfinite(most):
                continue
            compared += 1
            distance = float(abs(mpmath.mpf(float(number)) - expected)) if np.isfinite(number) else np.inf
            worst = max(worst, distance / most if distance and most else distance)
    return worst, compared


@pytest.mark.parametrize("block", range(4))
@pytest.mark.parametrize("target", ["numpy", "half", "gpu"])
def test_no_error_exceeds_its_bound(target: str, block: int) -> None:
    roundings = {"numpy": (FLOAT32, None), "half": (FLOAT16, None), "gpu": (replace(CUDA, launches=False), CUDA)}
    found = [_compare(seed, *roundings[target]) for seed in range(25 * block, 25 * block + 25)]
    assert sum(compared for _, compared in found) > 200
    assert max(worst for worst, _ in found) <= 1.0001
    assert max(worst for worst, _ in found) > 0.5  # and it is not much larger than need be


@pytest.mark.parametrize("precision", [FLOAT32, FLOAT64, COMPILED_SINGLE], ids=["single", "double", "compiled"])
def test_a_product_with_one_does_not_round(precision: Precision) -> None:
    assert bound(Binary("mul", H, X), 1.3, h=1.0, precision=precision) == 0
    assert bound(Binary("mul", H, X), 1.3, h=-1.0, precision=precision) == 0
    assert bound(Binary("mul", H, X), 1.3, h=1.25, precision=precision) > 0
    assert bound(Binary("mul", H, X), 1e-39, h=1.0, precision=CUDA) > 0  # where it may be flushed


@pytest.mark.parametrize("precision", [COMPILED_SINGLE, COMPILED_DOUBLE], ids=["float32", "float64"])
def test_sums_of_compiled_code_are_in_float64_in_any_order(precision: Precision) -> None:
    error = reduced("sum", Ball(np.full(1000, 0.5), 0.0), None, precision).error
    assert error == pytest.approx(999 * 2.0**-53 * 500)


def test_functions_of_compiled_code_are_rounded_once_in_float32_and_of_the_c_library_in_float64() -> None:
    curve = Unary("exp", X)
    assert bound(curve, 1.0, precision=COMPILED_SINGLE) == pytest.approx(1.01 * U * np.e, rel=1e-6)
    assert bound(curve, 1.0, precision=COMPILED_DOUBLE) == pytest.approx(2 * 2.0**-53 * np.e, rel=1e-6)
    assert bound(Unary("cos", X), 0.0, precision=COMPILED_SINGLE) == pytest.approx(2 * U, rel=1e-6)
