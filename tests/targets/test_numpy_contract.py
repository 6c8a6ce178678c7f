"""What `reference.py` promises its callers, for every optimizer."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from generated_code import ODD_NAMES, SHIPPED_NAMES, Code
from numpy.typing import NDArray

from optgen.spec.model import HyperParameter, Kind, Spec

Array = NDArray[Any]
every_optimizer = pytest.mark.parametrize("name", SHIPPED_NAMES)
DTYPES = (np.float16, np.float32, np.float64)


class Case:
    """An optimizer's reference with arguments that are right."""

    def __init__(self, code: Code, name: str, shape: tuple[int, ...] = (3, 4), dtype: type = np.float32) -> None:
        self.spec: Spec = code.specs[name]
        self.reference: ModuleType = code.reference(name)
        rng = np.random.default_rng(len(name))
        self.theta: Array = np.asarray(rng.standard_normal(shape), dtype)
        self.grad: Array = np.asarray(rng.standard_normal(shape), dtype)
        self.flags: dict[str, Any] = {f.name: True for f in self.spec.flags}
        self.state = self.reference.init(self.theta, **self.flags)

    def step(self, **changed: Any) -> tuple[Array, dict[str, Array]]:
        """Call `step` with some arguments replaced."""
        arguments = {"theta": self.theta, "grad": self.grad, "state": self.state, "t": 2, **self.flags, **changed}
        result: tuple[Array, dict[str, Array]] = self.reference.step(**arguments)
        return result

    def fails(self, error: type[Exception], *parts: str, **changed: Any) -> None:
        """A call raises, and its message has all the parts."""
        with pytest.raises(error) as caught:
            self.step(**changed)
        for part in parts:
            assert part in str(caught.value)


@every_optimizer
def test_theta_has_to_be_an_array(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    case.fails(TypeError, "theta must be a NumPy array", "[1.0, 2.0]", theta=[1.0, 2.0])
    case.fails(TypeError, "theta must be a NumPy array", "None", theta=None)
    case.fails(TypeError, "theta must be a NumPy array", theta=np.ma.masked_array(case.theta))
    case.fails(TypeError, "theta must be float16, float32 or float64, got int64", theta=np.arange(3))
    case.fails(TypeError, "got complex128", theta=case.theta.astype(complex))
    case.fails(TypeError, "got bool", theta=case.theta > 0)
    with pytest.raises(TypeError, match="theta must be a NumPy array"):
        case.reference.init([1.0])


@every_optimizer
def test_a_long_value_is_cut_short(shipped: Code, name: str) -> None:
    with pytest.raises(TypeError) as caught:
        Case(shipped, name).step(theta=[0.0] * 100_000)
    assert len(str(caught.value)) < 200


@every_optimizer
def test_grad_has_to_match(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    case.fails(TypeError, "grad must be a NumPy array", "1.0", grad=1.0)
    case.fails(TypeError, "grad must be float32 like theta, got float64", grad=case.grad.astype(np.float64))
    case.fails(ValueError, "grad must have theta's shape (3, 4), got (4, 3)", grad=case.grad.T.copy())
    case.fails(ValueError, "got ()", grad=np.float32(1))


@every_optimizer
def test_state_has_to_match(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    case.fails(TypeError, "state must be a dict", "None", state=None)
    case.fails(TypeError, "state must be a dict", state=list(case.state))
    case.fails(ValueError, "unknown 'momentum'", state={**case.state, "momentum": case.theta})
    for key, value in case.state.items():
        rest = {other: array for other, array in case.state.items() if other != key}
        case.fails(ValueError, f"state has no '{key}'", state=rest)
        case.fails(TypeError, f"state['{key}'] must be a NumPy array, got None", state={**rest, key: None})
        case.fails(ValueError, f"state['{key}']", "(3, 4)", "(12,)", state={**rest, key: value.ravel()})
        case.fails(TypeError, f"state['{key}']", "float16", state={**rest, key: value.astype(np.float16)})


@every_optimizer
def test_states_under_a_flag_come_with_it(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    for series in case.spec.states:
        if series.only_if:
            case.fails(ValueError, f"unknown '{series.name}'", **{series.only_if: False})
            rest = {key: value for key, value in case.state.items() if key != series.name}
            case.fails(ValueError, f"state has no '{series.name}'", state=rest)
            assert series.name not in case.reference.init(case.theta, **{**case.flags, series.only_if: False})


@every_optimizer
def test_t_is_a_whole_number_from_one(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    wrong: list[Any] = [1.0, "1", None, True, np.float64(2), np.array(1.5), np.array([1]), np.True_, 2j]
    for t in wrong:
        case.fails(TypeError, "t must be a whole number", t=t)
    case.fails(TypeError, "1.5", t=1.5)
    for early in (0, -1, np.int64(-5)):
        case.fails(ValueError, "t counts from 1", str(early), t=early)
    case.fails(ValueError, "t is beyond 2**53", t=10**400)
    wanted, _ = case.step(t=7)
    for same in (np.int64(7), np.uint8(7), np.array(7)):
        np.testing.assert_array_equal(case.step(t=same)[0], wanted)


def outside(hyper: HyperParameter) -> list[float]:
    """Numbers beside a domain."""
    found = []
    for relation, bound in hyper.bounds:
        beyond = -math.inf if relation in ("ge", "gt") else math.inf
        found += [math.nextafter(bound, beyond), beyond] + ([bound] if relation in ("gt", "lt") else [])
    return found


@every_optimizer
def test_hyper_parameters_are_numbers_of_their_domain(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    for hyper in case.spec.hypers:
        for wrong in ("0.1", None, True, np.True_, 1j, [0.1], np.array([0.1]), np.array("0.1"), np.complex64(0)):
            case.fails(TypeError, f"{hyper.name} must be a real number", **{hyper.name: wrong})
        case.fails(TypeError, "'0.1'", **{hyper.name: "0.1"})
        for number in (math.nan, np.float64("nan"), np.array(math.nan), Decimal("NaN"), *outside(hyper)):
            case.fails(ValueError, f"{hyper.name} must be ", **{hyper.name: number})
        for number in outside(hyper):
            case.fails(ValueError, repr(number), **{hyper.name: number})
            with pytest.raises(ValueError, match=f"{hyper.name} must be"):
                case.reference.init(case.theta, **{hyper.name: number})


@every_optimizer
def test_any_real_number_will_do(shipped: Code, name: str) -> None:
    """NumPy's scalars neither widen float32 nor change the result."""
    case = Case(shipped, name)
    for hyper in case.spec.hypers:
        number = 0.5 if all(relation != "ge" or bound < 1 for relation, bound in hyper.bounds) else 4.5
        wanted, after = case.step(**{hyper.name: number})
        for same in (np.float64(number), np.float32(number), np.array(number), Fraction(number), Decimal(number)):
            got, state = case.step(**{hyper.name: same})
            for one, other in zip((got, *state.values()), (wanted, *after.values()), strict=True):
                assert one.dtype == np.float32
                np.testing.assert_array_equal(one, other)
    whole = {h.name: int(h.default) for h in case.spec.hypers if h.default == int(h.default)}
    assert case.step(**whole)[0].dtype == np.float32


@every_optimizer
def test_flags_are_true_or_false(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    for flag in case.flags:
        for wrong in (1, 0, None, "yes", np.True_, 1.0):
            case.fails(TypeError, f"{flag} must be True or False, got ", **{flag: wrong})
            with pytest.raises(TypeError, match=f"{flag} must be True or False"):
                case.reference.init(case.theta, **{flag: wrong})


@every_optimizer
def test_unknown_and_positional_arguments(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    case.fails(TypeError, "no_such", no_such=1)
    with pytest.raises(TypeError):
        case.reference.step(case.theta, case.grad, case.state, 1, 0.1)
    with pytest.raises(TypeError):
        case.reference.init(case.theta, 0.1)


@pytest.mark.parametrize("dtype", DTYPES)
@every_optimizer
def test_dtype_and_shape_are_kept(shipped: Code, name: str, dtype: type) -> None:
    for shape in ((), (0,), (3, 0), (1,), (2, 3, 4)):
        case = Case(shipped, name, shape, dtype)
        for flags in combinations(case.spec):
            case.flags, case.state = flags, case.reference.init(case.theta, **flags)
            theta, state = case.step()
            for array in (theta, *state.values(), *case.state.values()):
                assert isinstance(array, np.ndarray)
                assert (array.dtype, array.shape) == (dtype, shape)


def combinations(spec: Spec) -> list[dict[str, bool]]:
    """Every setting of the flags."""
    names = [f.name for f in spec.flags]
    return [dict(zip(names, values, strict=True)) for values in product((False, True), repeat=len(names))]


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
        state = {key: arrange(value) for key, value in case.state.items()}
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
    further = {s.name: np.ones((3, 4), np.float32) for s in case.spec.of_kind(Kind.INPUT)}
    for flags in combinations(case.spec):
        case.flags, case.state = {**further, **flags}, case.reference.init(case.theta, **flags)
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
    """It spoils its own element, and no other where elements do not depend on each other."""
    case = Case(shipped, name)
    for flags in combinations(case.spec):
        case.flags, case.state = flags, case.reference.init(case.theta, **flags)
        grad = case.grad.copy()
        grad[1, 2] = bad
        theta, _ = case.step(grad=grad)
        assert not np.isfinite(theta[1, 2])
        finite = np.isfinite(theta)
        assert finite.sum() == 11 or (name == "lamb" and bad != bad)


@every_optimizer
def test_zeros_and_subnormals_survive(shipped: Code, name: str) -> None:
    case = Case(shipped, name, (4,))
    case.theta = np.array([-0.0, 0.0, 1e-40, -1e-45], np.float32)
    theta, state = case.step(grad=np.zeros(4, np.float32), t=1, **{"weight_decay": 0} if name == "adamw" else {})
    np.testing.assert_array_equal(theta, case.theta)
    assert all(np.isfinite(array).all() for array in state.values())


@every_optimizer
def test_extreme_hyper_parameters_never_raise(shipped: Code, name: str) -> None:
    """Not even a warning: what is out of range becomes infinite or NaN."""
    case = Case(shipped, name)
    for hyper in case.spec.hypers:
        bounds = dict(hyper.bounds)
        high = bounds.get("le", math.nextafter(bounds["lt"], 0.0) if "lt" in bounds else math.inf)
        low = bounds.get("ge", -math.inf)
        for number in (low, high, 5e-324 if low <= 0 else low, 1e300 if high > 1e300 else high):
            for t in (1, 2, 10**6, 2**53):
                theta, state = case.step(**{hyper.name: number}, t=t)
                assert {array.dtype for array in (theta, *state.values())} == {np.dtype(np.float32)}


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


def test_further_tensors_are_required_and_checked(odd: Code) -> None:
    case = Case(odd, "further_tensors")
    good = {"curvature": np.ones((3, 4), np.float32), "noise": np.ones((3, 4), np.float32)}
    case.step(**good)
    case.fails(TypeError, "noise", curvature=good["curvature"])
    case.fails(TypeError, "noise must be a NumPy array, got 1.0", **{**good, "noise": 1.0})
    case.fails(TypeError, "curvature must be float32 like theta", **{**good, "curvature": np.ones((3, 4))})
    short = {**good, "noise": np.ones(4, np.float32)}
    case.fails(ValueError, "noise must have theta's shape (3, 4), got (4,)", **short)
    with pytest.raises(TypeError, match="curvature"):
        case.reference.init(case.theta, **good)
