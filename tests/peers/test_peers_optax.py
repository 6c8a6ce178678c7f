"""The generated references against optax, in float64, where torch has no such optimizer."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from generated_code import Code
from trajectories import DONE, SHAPES, Array, State, compare, somewhere

HYPERS = {"lr": 0.031, "beta1": 0.85, "beta2": 0.93, "eps": 0.02, "weight_decay": 0.07}


@pytest.fixture(scope="module")
def optax() -> Iterator[Any]:
    """The library, with JAX computing in float64; on CI it has to be there."""
    if importlib.util.find_spec("optax") is None:
        message = "optax is not installed: pip install 'optgen[test]'"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    import jax
    import optax

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield optax
    jax.config.update("jax_enable_x64", before)


class Running:
    """A chain of optax's transformations on one parameter."""

    def __init__(self, optax: Any, chain: Any, moments: dict[str, str], theta: Array) -> None:
        import jax.numpy as jnp

        self.optax, self.numpy, self.chain, self.moments = optax, jnp, chain, moments
        self.theta = jnp.asarray(theta)
        self.state = chain.init(self.theta)

    def load(self, state: State, done: int) -> None:
        """Put it where an earlier run has left it."""
        moments = {theirs: self.numpy.asarray(state[ours]) for ours, theirs in self.moments.items()}
        first = self.state[0]._replace(count=self.numpy.asarray(done, self.numpy.int32), **moments)
        self.state = (first, *self.state[1:])

    def step(self, grad: Array) -> tuple[Array, State]:
        """One step; parameter, and states by our names."""
        updates, self.state = self.chain.update(self.numpy.asarray(grad), self.state, self.theta)
        self.theta = self.optax.apply_updates(self.theta, updates)
        assert self.theta.dtype == np.float64
        found = {ours: np.asarray(getattr(self.state[0], theirs)) for ours, theirs in self.moments.items()}
        return np.asarray(self.theta), found


def adabelief(optax: Any, theta: Array) -> Running:
    """AdaBelief with decoupled weight decay, which optax puts together from parts."""
    chain = optax.chain(
        optax.scale_by_belief(HYPERS["beta1"], HYPERS["beta2"], eps=HYPERS["eps"], eps_root=HYPERS["eps"]),
        optax.add_decayed_weights(HYPERS["weight_decay"]),
        optax.scale_by_learning_rate(HYPERS["lr"]),
    )
    return Running(optax, chain, {"m": "mu", "s": "nu"}, theta)


def lamb(optax: Any, theta: Array) -> Running:
    """LAMB as optax has it; the epsilon under the root, which the paper does not have, is zero."""
    chain = optax.lamb(
        HYPERS["lr"],
        HYPERS["beta1"],
        HYPERS["beta2"],
        eps=HYPERS["eps"],
        eps_root=0.0,
        weight_decay=HYPERS["weight_decay"],
    )
    return Running(optax, chain, {"m": "mu", "v": "nu"}, theta)


PEERS = {"adabelief": adabelief, "lamb": lamb}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", PEERS)
def test_twenty_steps_from_the_middle_of_a_run(shipped: Code, optax: Any, name: str, shape: tuple[int, ...]) -> None:
    reference = shipped.reference(name)
    theta = np.random.default_rng(5).standard_normal(shape) + 1.5
    keys = {s.name: s.key for s in shipped.specs[name].states}
    state = somewhere(reference, keys, theta, HYPERS)
    optaxs = PEERS[name](optax, theta)
    optaxs.load(state, DONE)
    compare(reference, optaxs.step, theta, state, DONE + 1, HYPERS, seed=1)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", PEERS)
def test_twenty_steps_from_the_start(shipped: Code, optax: Any, name: str, shape: tuple[int, ...]) -> None:
    reference = shipped.reference(name)
    theta = np.random.default_rng(6).standard_normal(shape) - 1.5
    optaxs = PEERS[name](optax, theta)
    compare(reference, optaxs.step, theta, reference.init(theta, **HYPERS), 1, HYPERS, seed=2)


def test_a_parameter_of_zeros(shipped: Code, optax: Any) -> None:
    """A zero norm makes the trust ratio 1, in both."""
    reference = shipped.reference("lamb")
    theta, grad = np.zeros((2, 3)), np.ones((2, 3))
    wanted, _ = lamb(optax, theta).step(grad)
    got, _ = reference.step(theta, grad, reference.init(theta, **HYPERS), 1, **HYPERS)
    np.testing.assert_allclose(got, wanted, rtol=1e-14)
