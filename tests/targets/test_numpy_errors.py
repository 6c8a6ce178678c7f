"""What `reference.py` says to wrong arguments, for every optimizer."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from generated_code import SHIPPED_NAMES, Code, chosen, inside
from reference_calls import Case

from optgen.spec.model import HyperParameter

every_optimizer = pytest.mark.parametrize("name", SHIPPED_NAMES)


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
        if key in case.numbers:
            case.fails(ValueError, f"state['{key}'] must be one number", "(3, 4)", state={**rest, key: np.ones((3, 4))})
            case.fails(TypeError, f"state['{key}'] must be float64", state={**rest, key: np.float32(1)})
            continue
        case.fails(ValueError, f"state has no '{key}'", state=rest)
        case.fails(TypeError, f"state['{key}'] must be a NumPy array, got None", state={**rest, key: None})
        case.fails(
            ValueError, f"state['{key}']", f"{value.shape}", f"({value.size},)", state={**rest, key: value.ravel()}
        )
        case.fails(TypeError, f"state['{key}']", "float16", state={**rest, key: value.astype(np.float16)})


@every_optimizer
def test_states_under_a_flag_come_with_it(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    for series in case.spec.states:
        if series.only_if:
            off = dict([chosen(next(f for f in case.spec.flags if f.name == series.only_if), False)])
            case.fails(ValueError, f"unknown '{series.name}'", **off)
            rest = {key: value for key, value in case.state.items() if key != series.name}
            case.fails(ValueError, f"state has no '{series.name}'", state=rest)
            assert series.name not in case.reference.init(case.theta, **{**case.flags, **off})


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
        number = inside(hyper)
        case.state = case.reference.init(case.theta, **{**case.flags, hyper.name: number})
        wanted, after = case.step(**{hyper.name: number})
        for same in (np.float64(number), np.float32(number), np.array(number), Fraction(number), Decimal(number)):
            got, state = case.step(**{hyper.name: same})
            for one, other in zip((got, *state.values()), (wanted, *after.values()), strict=True):
                assert one.dtype == other.dtype
                np.testing.assert_array_equal(one, other)
    whole = {h.name: int(h.default) for h in case.spec.hypers if h.default == int(h.default)}
    case.state = case.reference.init(case.theta, **{**case.flags, **whole})
    assert case.step(**whole)[0].dtype == np.float32


@every_optimizer
def test_flags_are_true_or_false(shipped: Code, name: str) -> None:
    case = Case(shipped, name)
    for flag in [f.name for f in case.spec.choices]:
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


def test_further_tensors_are_required_and_checked(odd: Code) -> None:
    case = Case(odd, "further_tensors")
    good = {"curvature": np.ones((3, 4), np.float32), "noise": np.ones((3, 4), np.float32)}
    case.step(**good)
    case.fails(TypeError, "noise", curvature=good["curvature"], noise=...)
    case.fails(TypeError, "noise must be a NumPy array, got 1.0", **{**good, "noise": 1.0})
    case.fails(TypeError, "curvature must be float32 like theta", **{**good, "curvature": np.ones((3, 4))})
    short = {**good, "noise": np.ones(4, np.float32)}
    case.fails(ValueError, "noise must have theta's shape (3, 4), got (4,)", **short)
    with pytest.raises(TypeError, match="curvature"):
        case.reference.init(case.theta, **good)
