"""Specs that no one would ship, from equations to reference and kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import plain_evaluation
import pytest
from generated_code import ODD, ODD_NAMES, Code, Interpreter, takes_lists
from numpy.typing import NDArray
from one_tensor import one_tensor

from optgen.check import load_checked
from optgen.spec.model import Kind, Spec
from optgen.verify.layout import in_lines, reach

Array = NDArray[Any]
STEPS = 5
NUMBERS = {"out_of_range": np.float64}
"""Where infinity has to begin at the same place as in the reference."""


def settings(spec: Spec) -> Iterator[dict[str, float | bool]]:
    """Default hyper-parameters and others, under every combination of flags."""
    default = {h.name: float(h.default) for h in spec.hypers}
    other = {name: value * 0.7 if value > 0 else value for name, value in default.items()}
    flags = [f.name for f in spec.choices]
    for number, values in enumerate(product((False, True), repeat=len(flags))):
        yield {**(other if number % 2 else default), **dict(zip(flags, values, strict=True))}
    if not flags:
        yield dict(other)


def of_several(spec: Spec) -> bool:
    """Whether it matters how elements are arranged."""
    return in_lines(reach(spec))


def tensors(spec: Spec, shape: tuple[int, ...], number: int) -> dict[str, Array]:
    """Parameter, gradient and further tensors, whose values float32 holds."""
    rng = np.random.default_rng([number, *shape])
    names = [s.name for s in spec.of_kind(Kind.PARAM, Kind.GRAD, Kind.INPUT)]
    arrays = {name: rng.standard_normal(shape).astype(np.float32).astype(np.float64) for name in names}
    if number == 3:
        arrays[spec.grad.name][...] = 0
    return arrays


SHAPES: list[tuple[int, ...]] = [(3, 5), (1,), ()]
FURTHER: list[tuple[int, ...]] = [(4,), (2, 3, 4), (5, 1), (1, 6), (2, 1, 2, 3)]
PLACES = [(name, shape) for name in ODD_NAMES for shape in SHAPES]
PLACES += [(spec.name, shape) for spec in load_checked(ODD) if of_several(spec) for shape in FURTHER]


@pytest.mark.parametrize(("name", "shape"), PLACES, ids=str)
def test_reference_agrees_with_the_equations(odd: Code, name: str, shape: tuple[int, ...]) -> None:
    spec, reference = odd.specs[name], one_tensor(odd.reference(name))
    inputs = [s.name for s in spec.of_kind(Kind.INPUT)]
    for arguments in settings(spec):
        theta = tensors(spec, shape, 0)[spec.param.name]
        state = reference.init(theta, **arguments)
        for t in range(1, STEPS + 1):
            given = tensors(spec, shape, t)
            series = {**given, **state, spec.param.name: theta}
            expected = plain_evaluation.step(spec, series, t, arguments, NUMBERS.get(name, np.longdouble))
            further = {name: given[name] for name in inputs}
            got, after = reference.step(theta, given[spec.grad.name], state, t, **further, **arguments)
            assert {spec.param.name, *after} == expected.keys()
            for kept, wanted in expected.items():
                _close({spec.param.name: got, **after}[kept], wanted, f"{kept} at t={t} with {arguments}")
            theta, state = got, after


def _close(got: Array, wanted: Array, what: str) -> None:
    assert isinstance(got, np.ndarray), what
    assert got.dtype == np.float64, what
    assert got.shape == wanted.shape, what
    with np.errstate(over="ignore"):
        double = wanted.astype(np.float64)
    scale = np.max(np.abs(double[np.isfinite(double)]), initial=1e-300)
    np.testing.assert_allclose(got, double, rtol=1e-12, atol=1e-13 * scale, err_msg=what)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_float32_reference_is_the_float64_reference_rounded(odd: Code, name: str) -> None:
    spec, reference = odd.specs[name], one_tensor(odd.reference(name))
    inputs = [s.name for s in spec.of_kind(Kind.INPUT)]
    for arguments in settings(spec):
        wide: Mapping[str, Array] = {}
        for dtype in (np.float64, np.float32, np.float16):
            theta = tensors(spec, (4, 6), 0)[spec.param.name].astype(dtype)
            state = reference.init(theta, **arguments)
            given = {name: array.astype(dtype) for name, array in tensors(spec, (4, 6), 1).items()}
            further = {name: given[name] for name in inputs}
            theta, state = reference.step(theta, given[spec.grad.name], state, 1, **further, **arguments)
            found = {"theta": theta, **state}
            assert {array.dtype for array in found.values()} <= {np.dtype(dtype), np.dtype(np.float64)}
            assert all(array.dtype == (dtype if array.shape else np.float64) for array in found.values())
            if dtype is np.float32:
                for series, array in found.items():
                    finite = wide[series][np.isfinite(wide[series])]
                    scale = np.max(np.abs(finite), initial=1e-30)
                    with np.errstate(over="ignore"):
                        wanted = wide[series].astype(np.float32)
                    np.testing.assert_allclose(array, wanted, rtol=1e-5, atol=1e-5 * scale, err_msg=series)
            wide = wide or found


@pytest.mark.parametrize("name", ODD_NAMES)
def test_kernel_agrees_with_the_reference(odd: Code, interpreter: Interpreter, name: str) -> None:
    spec = odd.specs[name]
    inputs = [s.name for s in spec.of_kind(Kind.INPUT)]
    for number, arguments in enumerate([*settings(spec)] * (3 if of_several(spec) else 1)):
        shapes = [(3, 5), (1500,)] + [(33, 47), (2, 40, 50), (1300, 1), (3, 700), (2, 2, 3)] * of_several(spec)
        shape = shapes[number % len(shapes)]
        given = [{k: v.astype(np.float32) for k, v in tensors(spec, shape, t).items()} for t in range(STEPS + 1)]
        grads = [arrays[spec.grad.name] for arrays in given[1:]]
        further = [{name: arrays[name] for name in inputs} for arrays in given[1:]]
        theta = given[0][spec.param.name]
        interpreter(odd, name, "follows_reference", theta, grads, further, arguments, 5e-6)


LISTS: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((3, 5), (), (0,), (4,), (2, 1, 3)),
    ((2, 3), (7,)),
    ((3, 0), (1, 4), (5, 1)),
)


@pytest.mark.parametrize("name", [spec.name for spec in load_checked(ODD) if takes_lists(spec)])
def test_references_of_several_tensors_agree_with_the_equations(odd: Code, name: str) -> None:
    spec, reference = odd.specs[name], odd.reference(name)
    param, grad = spec.param.name, spec.grad.name
    inputs = [s.name for s in spec.of_kind(Kind.INPUT)]
    for number, arguments in enumerate(settings(spec)):
        shapes = LISTS[number % len(LISTS)]
        theta = [tensors(spec, shape, 20 + i)[param] for i, shape in enumerate(shapes)]
        state = reference.init(theta, **arguments)
        for t in range(1, STEPS + 1):
            given = [tensors(spec, shape, 10 * t + i) for i, shape in enumerate(shapes)]
            own = [{k: v[i] if isinstance(v, list) else v for k, v in state.items()} for i in range(len(shapes))]
            series = [{**given[i], **own[i], param: theta[i]} for i in range(len(shapes))]
            expected = plain_evaluation.step_together(spec, series, t, arguments)
            further = {name: [arrays[name] for arrays in given] for name in inputs}
            theta, state = reference.step(theta, [arrays[grad] for arrays in given], state, t, **further, **arguments)
            for i, wanted in enumerate(expected):
                assert {param, *state} == wanted.keys()
                got = {param: theta[i], **{k: v[i] if isinstance(v, list) else v for k, v in state.items()}}
                for kept, value in wanted.items():
                    _close(got[kept], value, f"{kept} of tensor {i} at t={t} with {arguments}")
