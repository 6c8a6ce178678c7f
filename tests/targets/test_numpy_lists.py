"""What `reference.py` promises of parameters that are updated together, and what it says to wrong lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from generated_code import ODD, SHIPPED, Code, combinations, takes_lists
from numpy.typing import NDArray
from one_tensor import one_tensor

from optgen.check import load_checked
from optgen.spec.model import Kind, Spec

Array = NDArray[Any]
HOMES = {spec.name: folder for folder in (SHIPPED, ODD) for spec in load_checked(folder) if takes_lists(spec)}
every_list = pytest.mark.parametrize("name", sorted(HOMES))
DTYPES = (np.float16, np.float32, np.float64)
SHAPES: tuple[tuple[int, ...], ...] = ((3, 4), (5,), (2, 3), (), (0,))


class Lists:
    """A reference with lists that are right."""

    def __init__(self, spec: Spec, reference: Any, shapes: tuple[tuple[int, ...], ...] = SHAPES) -> None:
        self.spec, self.reference, self.shapes = spec, reference, shapes
        rng = np.random.default_rng(len(spec.name))
        self.theta, self.grad = ([self.array(rng, shape) for shape in shapes] for _ in range(2))
        self.further = {s.name: [self.array(rng, x) for x in shapes] for s in spec.of_kind(Kind.INPUT)}
        self.flags = combinations(spec)[-1]
        self.state = reference.init(self.theta, **self.flags)

    @staticmethod
    def array(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Random numbers."""
        return np.asarray(rng.standard_normal(shape), np.float32)

    def step(self, **changed: Any) -> tuple[list[Array], dict[str, Any]]:
        """Call `step` with some arguments replaced."""
        given = {"theta": self.theta, "grad": self.grad, "state": self.state, "t": 2, **self.flags, **self.further}
        result: tuple[list[Array], dict[str, Any]] = self.reference.step(**{**given, **changed})
        return result

    def fails(self, error: type[Exception], *parts: str, **changed: Any) -> None:
        """A call raises, and its message has all the parts."""
        with pytest.raises(error) as caught:
            self.step(**changed)
        for part in parts:
            assert part in str(caught.value)

    def given(self) -> list[Array]:
        """Every array that a step is given."""
        return arrays([self.theta, self.grad, *self.state.values(), *self.further.values()])


def arrays(value: Any) -> list[Array]:
    """All arrays in lists of lists."""
    return [part for one in value for part in arrays(one)] if isinstance(value, list | tuple) else [value]


def instead(values: list[Any], number: int, value: Any) -> list[Any]:
    """A list with another entry."""
    return [*values[:number], value, *values[number + 1 :]]


@pytest.fixture
def case(shipped: Code, odd: Code, name: str) -> Lists:
    """An optimizer."""
    code = shipped if HOMES[name] == SHIPPED else odd
    return Lists(code.specs[name], code.reference(name))


@every_list
def test_nothing_is_changed_and_nothing_is_shared(case: Lists) -> None:
    for flags in combinations(case.spec):
        case.flags, case.state = flags, case.reference.init(case.theta, **flags)
        given = case.given()
        for number, array in enumerate(given):
            assert not any(np.shares_memory(array, other) for other in given[number + 1 :])
        copies = [array.copy() for array in given]
        for array in given:
            array.flags.writeable = False
        theta, state = case.step()
        made = arrays([theta, *state.values()])
        for array, copy in zip(given, copies, strict=True):
            np.testing.assert_array_equal(array, copy)
        for number, array in enumerate(made):
            assert isinstance(array, np.ndarray)
            assert array.flags.writeable
            assert not any(np.shares_memory(array, other) for other in (*given, *made[number + 1 :]))


@every_list
def test_each_keeps_its_dtype_and_shape(case: Lists) -> None:
    """Also where the dtypes of the parameters differ."""
    for flags in combinations(case.spec):
        case.flags = flags
        kinds = [DTYPES[i % 3] for i in range(len(case.shapes))]
        given = {n: [v.astype(k) for v, k in zip(vs, kinds, strict=True)] for n, vs in case.further.items()}
        case.theta, case.grad = (
            [v.astype(k) for v, k in zip(vs, kinds, strict=True)] for vs in (case.theta, case.grad)
        )
        first = case.state = case.reference.init(case.theta, **flags)
        theta, state = case.step(**given)
        assert isinstance(theta, list)
        assert [(v.dtype, v.shape) for v in theta] == [(v.dtype, v.shape) for v in case.theta]
        assert [*state] == [*first]
        for name, values in state.items():
            assert type(values) is type(first[name])
            for one, other in zip(arrays(values), arrays(first[name]), strict=True):
                assert (one.dtype, one.shape) == (other.dtype, other.shape)
        lists = [values for values in state.values() if isinstance(values, list)]
        assert all(v.dtype in (kind, np.float64) for values in lists for v, kind in zip(values, kinds, strict=True))
        assert all(values.dtype == np.float64 for values in state.values() if not isinstance(values, list))


@every_list
def test_tuples_are_lists(case: Lists) -> None:
    theta, state = case.step()
    given = {name: tuple(values) if isinstance(values, list) else values for name, values in case.state.items()}
    further = {name: tuple(values) for name, values in case.further.items()}
    first = case.reference.init(tuple(case.theta), **case.flags)
    assert [*map(np.ndim, arrays([*first.values()]))] == [*map(np.ndim, arrays([*case.state.values()]))]
    same = case.step(theta=tuple(case.theta), grad=tuple(case.grad), state=given, **further)
    assert isinstance(same[0], list)
    for one, other in zip(arrays([theta, *state.values()]), arrays([same[0], *same[1].values()]), strict=True):
        np.testing.assert_array_equal(one, other)


@every_list
def test_a_step_of_two_is_not_two_steps_of_one(case: Lists) -> None:
    single, (theta, state) = one_tensor(case.reference), (case.theta, case.state)
    for t in (1, 2, 3):
        theta, state = case.step(theta=theta, state=state, t=t)
    for i in range(3):
        own = {name: values[i] for name, values in case.further.items()}
        alone, kept = case.theta[i], single.init(case.theta[i], **case.flags)
        for t in (1, 2, 3):
            alone, kept = single.step(alone, case.grad[i], kept, t, **own, **case.flags)
        pairs = [(kept[name], values[i] if isinstance(values, list) else values) for name, values in state.items()]
        assert any(not np.allclose(*pair, rtol=1e-4, atol=0) for pair in [(alone, theta[i]), *pairs])


@every_list
def test_the_order_does_not_matter(case: Lists) -> None:
    """Sums come in another order, in double precision."""

    def turned(value: Any) -> Any:
        return value[::-1] if isinstance(value, list) else value

    theta, state = case.step()
    after = case.step(
        theta=turned(case.theta),
        grad=turned(case.grad),
        state={name: turned(value) for name, value in case.state.items()},
        **{name: turned(value) for name, value in case.further.items()},
    )
    for one, other in zip(
        arrays([theta, *state.values()]), arrays([turned(after[0]), *map(turned, after[1].values())]), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


@every_list
def test_theta_is_a_list_of_arrays(case: Lists) -> None:
    one = case.theta[0]
    for wrong, error, text in (
        (one, TypeError, "theta must be a list of arrays, which are updated together, got "),
        (None, TypeError, "theta must be a list of arrays, which are updated together, got None"),
        ({"w": one}, TypeError, "theta must be a list of arrays"),
        ([], ValueError, "theta is an empty list: there is nothing to update"),
        ((), ValueError, "theta is an empty list: there is nothing to update"),
        ([one, None], TypeError, "theta[1] must be a NumPy array, got None"),
        ([one, [1.0]], TypeError, "theta[1] must be a NumPy array, got [1.0]"),
        ([one, one, np.arange(3)], TypeError, "theta[2] must be float16, float32 or float64, got int64"),
    ):
        case.fails(error, text, theta=wrong)
        with pytest.raises(error) as caught:
            case.reference.init(wrong)
        assert text in str(caught.value)


@every_list
def test_gradients_and_inputs_match_entry_by_entry(case: Lists) -> None:
    for name, values in {"grad": case.grad, **case.further}.items():
        case.fails(TypeError, f"{name} must be a list with an array for each parameter", **{name: values[0]})
        case.fails(ValueError, f"{name} has 4 entries for 5 parameters", **{name: values[:4]})
        case.fails(ValueError, f"{name} has 6 entries for 5 parameters", **{name: [*values, values[0]]})
        case.fails(TypeError, f"{name}[1] must be a NumPy array, got None", **{name: instead(values, 1, None)})
        wide = instead(values, 2, values[2].astype(np.float64))
        case.fails(TypeError, f"{name}[2] must be float32 like theta[2], got float64", **{name: wide})
        turned = instead(values, 2, values[2].T)
        case.fails(ValueError, f"{name}[2] must have theta[2]'s shape (2, 3), got (3, 2)", **{name: turned})


@every_list
def test_states_match_entry_by_entry(case: Lists) -> None:
    case.fails(TypeError, "state must be a dict", state=[case.state])
    case.fails(ValueError, "unknown 'other'", state={**case.state, "other": case.theta})
    for name, values in case.state.items():
        label, rest = f"state['{name}']", {key: value for key, value in case.state.items() if key != name}
        case.fails(ValueError, f"state has no '{name}'", state=rest)
        if not isinstance(values, list):
            case.fails(TypeError, f"{label} must be a NumPy array of one number", state={**rest, name: [values]})
            case.fails(TypeError, f"{label} must be float64, got float32", state={**rest, name: np.float32(1)})
            case.fails(ValueError, f"{label} must be one number, got shape (1,)", state={**rest, name: np.ones(1)})
            continue
        case.fails(TypeError, f"{label} must be a list with an array for each", state={**rest, name: values[0]})
        case.fails(ValueError, f"{label} has 2 entries for 5 parameters", state={**rest, name: values[:2]})
        case.fails(TypeError, f"{label}[1] must be a NumPy array", state={**rest, name: instead(values, 1, None)})
        case.fails(TypeError, f"{label}[2]", "float16", state={**rest, name: instead(values, 2, np.float16(1))})
        wrong = np.ones(7, values[1].dtype)
        case.fails(ValueError, f"{label}[1]", "(7,)", state={**rest, name: instead(values, 1, wrong)})
