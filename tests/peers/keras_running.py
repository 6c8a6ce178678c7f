"""An optimizer of Keras on one parameter, computed by JAX: of its backends the one that keeps float64."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import numpy as np
from peer import Peer
from trajectories import Array, State

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("KERAS_HOME", tempfile.mkdtemp(prefix="keras-"))  # where it writes its configuration

import keras

USUAL = {"lr": "learning_rate", "beta1": "beta_1", "beta2": "beta_2", "eps": "epsilon"}
"""Keras's names of hyper-parameters."""


class Running:
    """An optimizer of Keras on one parameter.

    Args:
        peer: Which one.
        theta: The parameter.
    """

    def __init__(self, peer: Peer, theta: Array) -> None:
        keras.config.set_floatx("float64")
        self.states, self.start = peer.states, theta
        self.share = peer.both["beta1"] if "z" in peer.states else 1.0
        self.parameter = keras.Variable(theta, dtype="float64")
        self.optimizer = peer.call(getattr(keras.optimizers, peer.theirs), USUAL, {})
        self.optimizer.build([self.parameter])
        self.also = peer.also

    def load(self, state: State, done: int) -> None:
        """Put it where an earlier run has left it."""
        self.optimizer.iterations.assign(done)
        values = {theirs: state[ours] for ours, theirs in self.states.items()}
        for name, value in {**values, **(self.also(state) if self.also else {})}.items():
            self.variable(name).assign(value)
        if "z" in self.states:
            self.parameter.assign(self.share * self.start + (1 - self.share) * state["z"])

    def step(self, grad: Array) -> tuple[Array, State]:
        """One step; parameter, and states by our names."""
        self.optimizer.apply([grad], [self.parameter])
        kept = {ours: np.array(self.variable(theirs).value) for ours, theirs in self.states.items()}
        return self.theta(), kept

    def theta(self) -> Array:
        """The parameter, in our sense: a schedule-free one is between what theirs is and the sequence that steps."""
        theirs = np.array(self.parameter.value)
        if "z" not in self.states:
            return theirs
        z = np.array(self.variable(self.states["z"]).value)
        return (theirs - (1 - self.share) * z) / self.share

    def variable(self, name: str) -> Any:
        """What Keras keeps: a list with one for each parameter, or one for all."""
        found = getattr(self.optimizer, name)
        return found[0] if isinstance(found, list) else found
