"""The generated references against optimizers as their authors' code computes them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from authors import AUTHORS
from generated_code import Code
from trajectories import SHAPES, Array, State, compare


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", AUTHORS)
def test_twenty_steps_from_the_start(shipped: Code, name: str, shape: tuple[int, ...]) -> None:
    function, ours, hypers = AUTHORS[name]
    reference, theta = shipped.reference(ours), np.random.default_rng(6).standard_normal(shape) - 1.5
    run = function(theta, SimpleNamespace(**hypers))
    next(run)

    def step(grad: Array) -> tuple[Array, State]:
        return np.asarray(run.send(grad)), {}

    state = reference.init(theta, **hypers)
    compare(reference, step, theta, state, 1, hypers, seed=2, apart=state.keys())


@pytest.mark.parametrize("name", AUTHORS)
def test_no_two_hyper_parameters_are_equal(name: str) -> None:
    numbers = [value for value in AUTHORS[name][2].values() if not isinstance(value, bool)]
    assert len(set(numbers)) == len(numbers)
