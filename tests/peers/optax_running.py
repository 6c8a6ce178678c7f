"""An optimizer of optax on one parameter."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import nullcontext
from functools import reduce
from typing import Any
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
import optax
from peer import Patch, Peer
from trajectories import Array, State

USUAL = {
    "lr": "learning_rate",
    "beta1": "b1",
    "beta2": "b2",
    "beta3": "b3",
    "step_min": "min_step_size",
    "step_max": "max_step_size",
}
"""Optax's names of hyper-parameters."""
COUNTERS = ("count", "count_m2", "t")
"""Optax's names of the number of steps done."""


def function_of(peer: Peer) -> Any:
    """What makes the optimizer."""
    return reduce(getattr, peer.theirs.split("."), optax)


def corrected(patch: Patch) -> Any:
    """While it lasts, optax computes without the bug; fails where the lines are not there any more."""
    module = inspect.getmodule(getattr(optax, patch.function))
    source = inspect.getsource(getattr(optax, patch.function))
    for old, new in patch.lines:
        assert source.count(old) == 1, f"{patch.issue} seems to be corrected in optax {optax.__version__}"
        source = source.replace(old, new)
    names = dict(vars(module))
    exec(source, names)
    return mock.patch.object(module, patch.function, names[patch.function])


def transformation(peer: Peer, patch: Patch | None) -> Any:
    """What optax computes updates with."""
    with corrected(patch) if patch else nullcontext():
        base = peer.call(function_of(peer), USUAL, {})
    decay = peer.both.get("weight_decay", 0)
    if peer.decay == "l2":
        return optax.chain(optax.add_decayed_weights(decay), base)
    if peer.decay == "decoupled":
        return optax.chain(base, optax.add_decayed_weights(-peer.both["lr"] * decay))
    return peer.make(optax, peer.both, base) if peer.make else base


def replaced(node: Any, values: Mapping[str, Any]) -> Any:
    """A nested state in which fields of the given names have other values."""
    if hasattr(node, "_fields"):
        fields = {name: getattr(node, name) for name in node._fields}
        return node._replace(
            **{
                name: jax.tree.map(jnp.asarray, values[name]) if name in values else replaced(value, values)
                for name, value in fields.items()
            }
        )
    return tuple(replaced(part, values) for part in node) if isinstance(node, tuple) else node


def sign(theirs: str) -> int:
    """Whether a state has the sign of ours."""
    return -1 if theirs.startswith("-") else 1


def found(node: Any, name: str) -> Any:
    """The first field of that name in a nested state."""
    if hasattr(node, name) and name in getattr(node, "_fields", ()):
        return getattr(node, name)
    parts = [found(part, name) for part in node] if isinstance(node, tuple) else []
    return next((part for part in parts if part is not None), None)


class Running:
    """An optimizer of optax on one parameter.

    Args:
        peer: Which one.
        theta: The parameter.
        patch: What is corrected in it.
    """

    def __init__(self, peer: Peer, theta: Array, patch: Patch | None) -> None:
        self.peer = peer
        self.optimizer = transformation(peer, patch)
        self.start = theta
        self.params: Any = jnp.asarray(theta)
        if "slow" in peer.states:
            self.params = optax.LookaheadParams.init_synced(self.params)
        # What JAX makes of an int32 is a float32.
        counters = dict.fromkeys(COUNTERS, np.int64(0))
        self.state = replaced(self.optimizer.init(self.params), counters)

    def load(self, state: State, done: int) -> None:
        """Put it where an earlier run has left it."""
        values: dict[str, Any] = dict.fromkeys(COUNTERS, np.int64(done))
        values |= {"steps_since_sync": np.int32(done % self.peer.both.get("k", 1))}
        values |= {theirs.lstrip("-"): sign(theirs) * state[ours] for ours, theirs in self.peer.states.items()}
        values |= self.peer.also(state) if self.peer.also else {}
        self.state, self.params = replaced((self.state, self.params), values)
        if isinstance(self.state, optax.contrib.ScheduleFreeState):
            self.params = self.state.b1 * jnp.asarray(self.start) + (1 - self.state.b1) * self.state.z

    def step(self, grad: Array) -> tuple[Array, State]:
        """One step; parameter, and states by our names."""
        updates, self.state = self.optimizer.update(jnp.asarray(grad), self.state, self.params)
        self.params = optax.apply_updates(self.params, updates)
        theta = np.asarray(self.theta())
        assert theta.dtype == np.float64
        whole, states = (self.state, self.params), self.peer.states
        kept = {ours: sign(theirs) * found(whole, theirs.lstrip("-")) for ours, theirs in states.items()}
        return theta, {name: np.asarray(value) for name, value in kept.items()}

    def theta(self) -> Any:
        """The parameter, in our sense."""
        if isinstance(self.state, optax.contrib.ScheduleFreeState):
            return optax.contrib.schedule_free_eval_params(self.state, self.params)
        return getattr(self.params, "fast", self.params)
