"""Inputs hold what exposes errors: zeros, spikes, tiny numbers, landmarks, odd numbers."""

from __future__ import annotations

import numpy as np
import pytest

from optgen.verify.inputs import Make, gradients, landmarks, parameters, sizes, telling

MARKS = landmarks([0.5, 0.1, 0.0, 3.0])


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_landmarks_are_one_and_what_float32_holds_exactly() -> None:
    assert landmarks([0.5, 0.1, 0.0, 3.0, -3.0]).tolist() == [0.5, -0.5, 1.0, -1.0, 3.0, -3.0]


def test_gradients_have_zeros_spikes_tiny_numbers_and_landmarks() -> None:
    g = gradients(rng(), 5000, MARKS)
    size = np.abs(g)
    assert g.dtype == np.float32
    assert np.isfinite(g).all()
    assert 0.08 < np.mean(g == 0) < 0.12
    assert (size > 100).any()
    assert ((size > 0) & (size < 1e-7)).any()
    assert set(MARKS.tolist()) <= set(g.tolist())


def test_parameters_have_zeros_and_landmarks() -> None:
    theta = parameters(rng(), 5000, MARKS)
    assert theta.dtype == np.float32
    assert (theta == 0).any()
    assert set(MARKS.tolist()) <= set(theta.tolist())
    assert np.median(np.abs(theta)) > 0.01


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize("make", list(Make))
def test_every_kind_is_there_at_every_size(size: int, make: Make) -> None:
    assert parameters(rng(), size, MARKS, make).shape == (size,)
    assert gradients(rng(), size, MARKS, make).shape == (size,)


def test_zeros() -> None:
    assert not parameters(rng(), 50, MARKS, Make.ZERO_PARAMETER).any()
    assert gradients(rng(), 50, MARKS, Make.ZERO_PARAMETER).any()
    assert parameters(rng(), 50, MARKS, Make.ZERO_GRADIENT).any()
    assert not gradients(rng(), 50, MARKS, Make.ZERO_GRADIENT).any()
    assert not parameters(rng(), 50, MARKS, Make.ZERO).any()
    assert not gradients(rng(), 50, MARKS, Make.ZERO).any()


def test_odd_numbers_meet_parameters_and_gradients_one_at_a_time() -> None:
    theta, g = parameters(rng(), 37, MARKS, Make.ODD), gradients(rng(), 37, MARKS, Make.ODD)
    for values in (theta, g):
        assert np.isnan(values).any()
        assert np.isposinf(values).any()
        assert np.isneginf(values).any()
        assert ((values != 0) & (np.abs(values) < 1e-38)).any()
        assert (np.signbit(values) & (values == 0)).any()
    assert not (np.isnan(theta) & np.isnan(g)).any()


def test_telling_elements_are_the_extreme_ones_and_others() -> None:
    g = gradients(rng(), 500, MARKS)
    theta = parameters(rng(), 500, MARKS)
    chosen = telling(rng(), g, theta, 7)
    assert len(set(chosen.tolist())) == len(chosen) == 7
    assert np.argmax(np.abs(g)) in chosen
    assert 0 in g[chosen]
    assert 0 in theta[chosen]
    assert np.abs(g[g != 0]).min() in np.abs(g[chosen])
    assert (np.diff(chosen) > 0).all()


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_of_few_elements_all_are_telling(size: int) -> None:
    assert len(telling(rng(), np.ones(size), np.ones(size), size)) == size


def test_sizes_surround_a_block_and_fill_three() -> None:
    found = sizes(1024)
    assert found[:-1] == [0, 1, 1023, 1024, 1025]
    assert 2048 < found[-1] < 3072
    assert all(found[-1] % d for d in range(2, 50))


def test_the_largest_number_last() -> None:
    for made in (parameters, gradients):
        values = abs(made(rng(), 37, MARKS, Make.LAST))
        assert values[-1] == 2 * values[:-1].max()
        assert made(rng(), 0, MARKS, Make.LAST).size == 0
