"""Bounds of reductions along axes and over all tensors: kept by honest sums, and not absurdly wide."""

from __future__ import annotations

import math
from fractions import Fraction
from math import prod

import numpy as np
import pytest
from numpy.typing import NDArray

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
)
from optgen.ir.rates import Over, Rate, View
from optgen.verify.bounds import Analysis
from optgen.verify.precision import CUDA, FLOAT32, FLOAT64, INTERPRETED, SINGLE, Precision

Array = NDArray[np.float64]
Shape = tuple[int, ...]
GRADIENT = Ref("g")
RATES = {Over.ROWS: Rate.ROW, Over.COLS: Rate.COL, Over.TENSOR: Rate.TENSOR, Over.ALL: Rate.GLOBAL}
AXES = {(View.LAST, Over.ROWS): (-1,), (View.LAST, Over.COLS): (-2,), (View.FIRST, Over.ROWS): (1, 2)}
OPS = ("sum", "mean", "norm", "max_abs")


def program(op: str, over: Over, view: View = View.LAST, term: Expr = GRADIENT) -> Program:
    """A state that is a reduction."""
    inputs = (
        Input("x_prev", "x", Role.PARAM, Rate.ELEMENT),
        Input("g", "g", Role.GRAD, Rate.ELEMENT),
        Input("s_prev", "s", Role.STATE, RATES[over]),
    )
    outputs = (Output("x", Role.PARAM, "x"), Output("s", Role.STATE, "s", rate=RATES[over]))
    return Program("made", inputs, (Let("s", Reduce(op, term, over)), Let("x", Ref("x_prev"))), outputs, view=view)


def bounds(made: Program, tensors: list[Array], precision: Precision) -> list[Array]:
    """What rounding may do to the state of each tensor."""
    values = [{"x_prev": np.zeros_like(g), "g": g, "s_prev": 0.0} for g in tensors]
    return [own["s"] for own in Analysis(made, precision).bounds_of_all(values, {}, [{}] * len(values))]


def numbers(rng: np.random.Generator, shape: Shape) -> Array:
    """Magnitudes from 1e-3 to 1e3, of either sign, which float32 holds."""
    return (rng.standard_normal(shape) * 10.0 ** rng.uniform(-3, 3, shape)).astype(np.float32).astype(np.float64)


def reduced(op: str, x: Array, axes: tuple[int, ...]) -> Array:
    """The exact result, for all that double precision shows of single."""
    match op:
        case "sum" | "mean":
            total = np.vectorize(math.fsum, signature="(n)->()")(
                np.moveaxis(x, axes, range(-len(axes), 0)).reshape(
                    *(size for axis, size in enumerate(x.shape) if axis - x.ndim not in axes and axis not in axes), -1
                )
            )
            total = np.expand_dims(total, tuple(axis % x.ndim for axis in axes))
            return np.asarray(total / (prod(x.shape[axis] for axis in axes) if op == "mean" else 1))
        case "norm":
            return np.asarray(np.sqrt(np.sum(x * x, axis=axes, keepdims=True)))
    return np.asarray(np.max(np.abs(x), axis=axes, keepdims=True))


def one_by_one(op: str, x: Array, axes: tuple[int, ...]) -> Array:
    """The same in float32, one number added to the others at a time."""
    terms = np.moveaxis(x.astype(np.float32), axes, range(len(axes)))
    terms = terms.reshape(-1, *terms.shape[len(axes) :])
    found = np.zeros(terms.shape[1:], np.float32)
    for term in terms:
        found = np.maximum(found, np.abs(term)) if op == "max_abs" else found + (term * term if op == "norm" else term)
    found = np.sqrt(found) if op == "norm" else found / np.float32(len(terms)) if op == "mean" else found
    return np.expand_dims(found.astype(np.float64), tuple(axis % x.ndim for axis in axes))


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize(("view", "over"), AXES, ids=str)
def test_sums_along_lines_keep_their_bounds(op: str, view: View, over: Over) -> None:
    axes, worst = AXES[view, over], 0.0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        shape = tuple(int(n) for n in rng.integers(1, 30, 3))
        x = numbers(rng, shape)
        exact = reduced(op, x, axes)
        (allowed,) = bounds(program(op, over, view), [x], INTERPRETED)
        assert allowed.shape == exact.shape
        error = np.abs(one_by_one(op, x, axes) - exact)
        square = SINGLE * exact if op == "norm" else 0.0  # of each number, which the analysis sees as a statement
        assert (error <= allowed + square + 1e-300).all()
        count = prod(shape[axis] for axis in axes)
        size = np.sum(np.abs(x), axis=axes, keepdims=True) / (count if op == "mean" else 1)
        size = exact if op == "norm" else size
        limit = 0.0 if op == "max_abs" else (count + 3) * SINGLE * size + 2.0**-148
        assert (allowed <= limit).all()
        worst = max(worst, float(np.max(error / np.maximum(allowed, 1e-300))))
    assert worst > (0.02 if op in ("sum", "mean") else -1)


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("precision", [FLOAT32, INTERPRETED, CUDA], ids=["numpy", "interpreter", "cuda"])
def test_all_tensors_are_bounded_as_one(op: str, precision: Precision) -> None:
    rng = np.random.default_rng(1)
    parts = [numbers(rng, shape) for shape in ((3, 5), (), (0,), (700,), (2, 3, 4))]
    joined = np.concatenate([part.ravel() for part in parts])
    found = bounds(program(op, Over.ALL), parts, precision)
    (whole,) = bounds(program(op, Over.TENSOR), [joined], precision)
    for bound in found:
        assert bound.shape == ()
        assert bound == pytest.approx(whole, rel=1e-12)


def test_a_tensor_beside_others_is_bounded_by_itself() -> None:
    rng = np.random.default_rng(2)
    parts = [numbers(rng, shape) for shape in ((3, 5), (2,), (4, 1))]
    for over in (Over.TENSOR, Over.ROWS, Over.COLS):
        made = program("sum", over)
        together = bounds(made, parts, FLOAT32)
        for part, own in zip(parts, together, strict=True):
            np.testing.assert_array_equal(own, bounds(made, [part], FLOAT32)[0])


@pytest.mark.parametrize("over", [Over.ROWS, Over.COLS])
def test_numpy_accumulates_lines_in_double_and_rounds_once(over: Over) -> None:
    x = numbers(np.random.default_rng(3), (40, 50))
    (allowed,) = bounds(program("sum", over), [x], FLOAT32)
    exact = reduced("sum", x, AXES[View.LAST, over])
    got = np.sum(x.astype(np.float32), axis=AXES[View.LAST, over], dtype=np.float64, keepdims=True).astype(np.float32)
    assert (np.abs(got - exact) <= allowed).all()
    assert (allowed <= 1.01 * SINGLE * np.abs(exact) + 1e-9).all()
    (double,) = bounds(program("sum", over), [x], FLOAT64)
    assert (double < 1e-6 * allowed + 1e-9).all()


def test_an_error_of_one_row_stays_in_it() -> None:
    x = np.ones((3, 4))
    x[1] = 2.0**20 + 1
    third = Binary("mul", Ref("g"), Const(Fraction(1, 3)))
    (allowed,) = bounds(program("sum", Over.ROWS, term=third), [x], INTERPRETED)
    assert allowed.shape == (3, 1)
    assert allowed[0] == allowed[2]
    assert allowed[1] > 2**19 * allowed[0]
    (columns,) = bounds(program("sum", Over.COLS, term=third), [x], INTERPRETED)
    assert columns.shape == (1, 4)
    assert (columns == columns[0, 0]).all()


def test_a_line_that_overflows_spoils_no_other() -> None:
    x = np.ones((3, 4))
    x[1] = 3e38
    (allowed,) = bounds(program("sum", Over.ROWS), [x], INTERPRETED)
    assert np.isinf(allowed[1])
    assert np.isfinite(allowed[[0, 2]]).all()


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (0, 3), (1,), (1, 1)], ids=str)
def test_few_numbers_or_none(op: str, shape: Shape) -> None:
    for over in (Over.ROWS, Over.COLS):
        with np.errstate(all="ignore"):
            (allowed,) = bounds(program(op, over), [np.ones(shape)], INTERPRETED)
        unknown = op == "mean" and not prod(shape)  # the mean of nothing is no number
        assert unknown or not (allowed > 2 * SINGLE).any()
