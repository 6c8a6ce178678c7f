"""What `reference.py` promises its callers of its results, for every optimizer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import sympy
from generated_code import ODD_NAMES, SHIPPED_NAMES, Code, combinations, coupled
from numpy.typing import NDArray
from reference_calls import Case

from optgen.ir.nodes import Role
from optgen.spec.symbols import At

Array = NDArray[Any]
every_optimizer = pytest.mark.parametrize("name", SHIPPED_NAMES)
DTYPES = (np.float16, np.float32, np.float64)


@pytest.mark.parametrize("dtype", DTYPES)
@every_optimizer
def test_dtype_and_shape_are_kept(shipped: Code, name: str, dtype: type) -> None:
    for shape in ((), (0,), (3, 0), (1,), (2, 3, 4)):
        case = Case(shipped, name, shape, dtype)
        for flags in combinations(case.spec):
            case.flags, case.state = flags, case.reference.init(case.theta, **flags)
            theta, state = case.step()
            assert (theta.dtype, theta.shape) == (np.dtype(dtype), shape)
            for key, array in (*state.items(), *case.state.items()):
                assert isinstance(array, np.ndarray)
                kept = np.float64 if key in case.numbers else dtype
                assert (array.dtype, array.shape) == (kept, case.kept_shape(key, shape))


@every_optimizer
def test_scalars_of_numpy(shipped: Code, name: str) -> None:
    """A 0-d array that NumPy has turned into a scalar is still a parameter."""
    case = Case(shipped, name, ())
    wanted, after = case.step()
    state = {key: value[()] for key, value in case.state.items()}
    got, found = case.step(theta=case.theta[()], grad=case.grad[()], state=state)
    assert got == wanted
    assert found == after


@every_optimizer
def test_memory_layout_does_not_matter(shipped: Code, name: str) -> None:
    case = Case(shipped, name, (4, 6))
    case.state = case.step(t=1)[1]
    wanted, after = case.step()

    def fortran(array: Array) -> Array:
        return np.asfortranarray(array)

    def strided(array: Array) -> Array:
        return np.repeat(np.repeat(array, 2, axis=0), 3, axis=1)[::2, ::3]

    def backwards(array: Array) -> Array:
        return array[::-1].copy()[::-1]

    for arrange in (fortran, strided, backwards):
        state = {key: arrange(value) if value.ndim else value for key, value in case.state.items()}
        got, found = case.step(theta=arrange(case.theta), grad=arrange(case.grad), state=state)
        np.testing.assert_allclose(got, wanted, rtol=1e-6)
        for key, value in found.items():
            np.testing.assert_array_equal(value, after[key])


def protected(case: Case) -> list[Array]:
    """The case's arrays, made read-only."""
    given = [case.theta, case.grad, *case.state.values()]
    for array in given:
        array.flags.writeable = False
    return given


@every_optimizer
def test_nothing_is_changed_and_nothing_is_shared(shipped: Code, name: str) -> None:
    _is_pure(Case(shipped, name))


@pytest.mark.parametrize("name", ODD_NAMES)
def test_nothing_is_changed_and_nothing_is_shared_by_odd_specs(odd: Code, name: str) -> None:
    case = Case(odd, name)
    for flags in combinations(case.spec):
        case.flags, case.state = flags, case.reference.init(case.theta, **flags)
        _is_pure(case)


def _is_pure(case: Case) -> None:
    given = protected(case)
    before = [array.copy() for array in given]
    key_order = list(case.state)
    for t in (1, 2, 3):
        theta, state = case.step(t=t)
        made = [theta, *state.values()]
        for array, copy in zip(given, before, strict=True):
            np.testing.assert_array_equal(array, copy)
        assert list(case.state) == key_order
        for number, array in enumerate(made):
            assert array.flags.writeable
            assert not any(np.shares_memory(array, other) for other in (*given, *made[number + 1 :]))


@every_optimizer
def test_initial_states_share_nothing(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    states = list(case.state.values())
    for number, array in enumerate(states):
        assert not any(np.shares_memory(array, other) for other in (case.theta, *states[number + 1 :]))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@every_optimizer
def test_a_gradient_that_is_no_number_is_seen(shipped: Code, name: str, bad: float) -> None:
    """NaN spoils its own element; neither it nor infinity spoils another that does not depend on it."""
    case = Case(shipped, name)
    for flags in combinations(case.spec):
        case.flags, case.state = flags, case.reference.init(case.theta, **flags)
        grad = case.grad.copy()
        grad[1, 2] = bad
        theta, _ = case.step(grad=grad)
        others = np.delete(theta.ravel(), 6)
        assert not (math.isnan(bad) and math.isfinite(theta[1, 2]))
        assert np.isfinite(others).all() or coupled(case.spec)


@every_optimizer
def test_zeros_and_subnormals_survive(shipped: Code, name: str) -> None:
    """Where something is subtracted from the parameter, zero leaves it as it is, to the sign."""
    case = Case(shipped, name, (4,))
    update = case.spec.equations[-1]
    if shipped.unit(name).program.input_of(Role.NOISE):
        pytest.skip("noise is added to the parameter")
    if not (isinstance(update.rhs, sympy.Add) and update.rhs.args[0] == At(case.spec.param.name, 1)):
        pytest.skip("something else is done with the parameter")
    case.theta = np.array([-0.0, 0.0, 1e-40, -1e-45], np.float32)
    case.state = case.reference.init(case.theta, **case.flags)
    decays = {h.name: 0 for h in case.spec.hypers if "decay" in h.name}
    theta, state = case.step(grad=np.zeros(4, np.float32), t=1, **decays)
    np.testing.assert_array_equal(theta, case.theta)
    assert all(np.isfinite(array).all() for array in state.values())


@every_optimizer
def test_extreme_hyper_parameters_never_raise(shipped: Code, name: str) -> None:
    """Not even a warning: what is out of range becomes infinite or NaN."""
    case = Case(shipped, name)
    for hyper in case.spec.hypers:
        bounds = dict(hyper.bounds)
        high = bounds.get("le", math.nextafter(bounds["lt"], 0.0) if "lt" in bounds else math.inf)
        low = bounds.get("ge", math.nextafter(bounds["gt"], math.inf) if "gt" in bounds else -math.inf)
        for number in (low, high, min(high, 5e-324) if low <= 0 else low, min(high, 1e300)):
            case.state = case.reference.init(case.theta, **{**case.flags, hyper.name: number})
            for t in (1, 2, 10**6, 2**53):
                theta, state = case.step(**{hyper.name: number}, t=t)
                elements = [theta, *(array for key, array in state.items() if key not in case.numbers)]
                assert {array.dtype for array in elements} == {np.dtype(np.float32)}


@every_optimizer
def test_large_values_overflow_quietly(shipped: Code, name: str) -> None:
    for dtype in DTYPES:
        case = Case(shipped, name, dtype=dtype)
        largest = np.finfo(dtype).max
        theta, _ = case.step(theta=np.full_like(case.theta, largest), grad=np.full_like(case.grad, -largest))
        assert theta.dtype == dtype


@every_optimizer
def test_calls_are_repeatable(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    first, second = case.step(), case.step()
    np.testing.assert_array_equal(first[0], second[0])
