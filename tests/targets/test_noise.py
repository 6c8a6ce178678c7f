"""Random numbers: those of the generator's authors, the same in NumPy and in Triton, and no two the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from generated_code import Code, Interpreter
from numpy.typing import NDArray

Array = NDArray[Any]
SIZE = 1500


@pytest.fixture(scope="module")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """A spec that keeps what it draws."""
    return Code(Path(__file__).parent / "random_specs", tmp_path_factory.mktemp("random") / "random_code")


def drawn(drawing: Code, shape: int | tuple[int, ...] = SIZE, *, t: int = 1, **named: int) -> dict[str, Array]:
    """What a step draws."""
    reference = drawing.reference("random_numbers")
    theta = np.zeros(shape, np.float32)
    state: dict[str, Array] = reference.step(theta, theta, reference.init(theta), t, **named)[1]
    return state


def test_the_generator_is_that_of_its_authors(drawing: Code) -> None:
    """The known answer for a counter and a key of zeros, from the tests of Random123."""
    found = drawing.runtime("noise")._bits(1, 0, 0, 0, 0)
    assert [int(bits[0]) for bits in found] == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


@pytest.mark.parametrize(("seed", "t", "tensor"), [(0, 1, 0), (7, 3, 2), (2**63 - 1, 2**40 + 5, 2**31 - 1)])
def test_numpy_and_triton_draw_the_same_bits(
    drawing: Code, interpreter: Interpreter, seed: int, t: int, tensor: int
) -> None:
    wanted = drawn(drawing, seed=seed, t=t, tensor=tensor)
    found = interpreter(drawing, "random_numbers", "draws", SIZE, seed, t, tensor)
    np.testing.assert_array_equal(found["even"], wanted["even"])
    np.testing.assert_array_equal(found["other"], wanted["other"])
    np.testing.assert_allclose(found["bell"], wanted["bell"], rtol=1e-6, atol=1e-7)


def test_no_two_draws_are_the_same(drawing: Code) -> None:
    calls: list[dict[str, Any]] = [{}, {"t": 2}, {"seed": 1}, {"tensor": 1}, {"seed": 2**32}]
    even = [drawn(drawing, **call)[name] for call in calls for name in ("even", "other")]
    assert len({array.tobytes() for array in even}) == len(even)
    assert all(abs(np.corrcoef(one, even[0])[0, 1]) < 0.1 for one in even[1:])


def test_numbers_belong_to_elements_not_to_shapes(drawing: Code) -> None:
    flat, matrix = drawn(drawing, 12), drawn(drawing, (3, 4))
    for name, array in flat.items():
        np.testing.assert_array_equal(array, matrix[name].ravel())
        np.testing.assert_array_equal(array, drawn(drawing)[name][:12])


def test_they_are_distributed_as_they_say(drawing: Code) -> None:
    numbers = drawn(drawing, 1_000_000)
    for name in ("even", "other"):
        assert numbers[name].min() >= 0
        assert numbers[name].max() < 1
        counts, _ = np.histogram(numbers[name], 100, (0, 1))
        assert np.abs(counts - 10_000).max() < 5 * 100
    bell = numbers["bell"].astype(np.float64)
    assert np.abs([bell.mean(), bell.std() - 1, (bell**3).mean(), (bell**4).mean() - 3]).max() < 0.02
    assert 4.0 < np.abs(bell).max() < 6.0


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_one_is_never_reached(drawing: Code, dtype: type) -> None:
    """Not even where the dtype would round up to it."""
    numbers = drawing.runtime("noise").uniform(np.zeros(200_000, dtype), 0, 1, 0, 1)
    assert numbers.dtype == dtype
    assert numbers.max() < 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": 2**64}, "seed"),
        ({"tensor": -1}, "tensor"),
        ({"tensor": 2**32}, "tensor"),
    ],
)
def test_what_is_no_number_of_a_stream_is_refused(drawing: Code, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        drawn(drawing, 3, **wrong)
