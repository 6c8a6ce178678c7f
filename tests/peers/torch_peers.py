"""Optimizers of torch, and what makes ours the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from peer import Peer
from trajectories import Array, State

TUPLES = {
    "betas": ("beta1", "beta2"),
    "etas": ("eta_minus", "eta_plus"),
    "step_sizes": ("step_min", "step_max"),
    "eps": ("eps1", "eps2"),
}
"""Arguments of torch that are several of ours."""

SHARED = {"lr": 0.031, "weight_decay": 0.07}
ADAM = {**SHARED, "beta1": 0.85, "beta2": 0.93, "eps": 0.02}
RMSPROP = {**SHARED, "alpha": 0.91, "eps": 0.02}
RPROP = {"lr": 0.31, "eta_minus": 0.4, "eta_plus": 1.3, "step_min": 0.15, "step_max": 0.5}
PLAIN = {name: value for name, value in ADAM.items() if name != "weight_decay"}
NADAM = {**ADAM, "momentum_decay": 0.3}
FACTORED = {"lr": 0.31, "beta2_decay": -0.6, "eps1": 0.013, "eps2": 1.75, "d": 1.2, "weight_decay": 0.07}
DECOUPLED = {"decoupled": "decoupled_weight_decay"}


Torch = partial(Peer, "torch")

TORCH = {
    "sgd": Torch("SGD", "sgd", SHARED),
    "sgd with momentum": Torch("SGD", "momentum", {**SHARED, "momentum": 0.8}),
    "sgd with dampening": Torch("SGD", "momentum", {**SHARED, "momentum": 0.8, "dampening": 0.3}),
    "sgd with nesterov": Torch("SGD", "momentum", {**SHARED, "momentum": 0.8, "nesterov": True}),
    "adagrad": Torch(
        "Adagrad", "adagrad", {**SHARED, "lr_decay": 0.011, "initial_accumulator_value": 0.4, "eps": 0.02}
    ),
    "rmsprop": Torch("RMSprop", "rmsprop", RMSPROP),
    "rmsprop, centered": Torch("RMSprop", "rmsprop", {**RMSPROP, "centered": True}),
    "rmsprop with momentum": Torch("RMSprop", "rmsprop", {**RMSPROP, "momentum": 0.8}),
    "rmsprop, centered, with momentum": Torch("RMSprop", "rmsprop", {**RMSPROP, "momentum": 0.8, "centered": True}),
    "adam": Torch("Adam", "adam", ADAM),
    "adam, amsgrad": Torch("Adam", "adam", {**ADAM, "amsgrad": True}),
    "adam, decoupled": Torch("Adam", "adamw", ADAM, arguments={"decoupled_weight_decay": True}),
    "adamw": Torch("AdamW", "adamw", ADAM),
    "adamw, amsgrad": Torch("AdamW", "adamw", {**ADAM, "amsgrad": True}),
    "amsgrad": Torch("Adam", "amsgrad", PLAIN, {"corrected": True}, {"amsgrad": True}),
    "radam": Torch("RAdam", "radam", ADAM),
    "radam, decoupled": Torch("RAdam", "radam", {**ADAM, "decoupled": True}, names=DECOUPLED),
    "adamax": Torch("Adamax", "adamax", ADAM),
    "nadam": Torch("NAdam", "nadam", NADAM),
    "nadam, decoupled": Torch("NAdam", "nadam", {**NADAM, "decoupled": True}, names=DECOUPLED),
    "adadelta": Torch("Adadelta", "adadelta", {"lr": 0.8, "rho": 0.85, "eps": 0.02, "weight_decay": 0.07}),
    "rprop": Torch("Rprop", "rprop", RPROP),
    "adafactor": Torch("Adafactor", "adafactor", FACTORED, shapes=((2, 3, 4), (4, 5))),
    "adafactor of vectors": Torch(
        "Adafactor", "adafactor", FACTORED, apart=("r", "c"), midway=False, shapes=((), (1,), (7,))
    ),
    "asgd": Torch("ASGD", "asgd", {**SHARED, "lambd": 0.2, "alpha": 0.6, "t0": 9.0}),
}
"""What is compared, by a name for people."""


class Running:
    """Torch's optimizer on one parameter."""

    def __init__(self, peer: Peer, keys: Mapping[str, str], theta: Array) -> None:
        self.keys = keys
        self.parameter = torch.nn.Parameter(torch.tensor(theta))
        make = partial(getattr(torch.optim, peer.theirs), [self.parameter], foreach=False)
        self.optimizer = peer.call(make, {}, TUPLES)
        if peer.make:
            self.optimizer = peer.make(torch, peer.both, self.optimizer)

    def load(self, state: State, done: int) -> None:
        """Put it where an earlier run has left it."""
        loaded = {self.keys[name]: torch.tensor(value) for name, value in state.items()}
        if not isinstance(self.optimizer, torch.optim.SGD):
            loaded["step"] = torch.tensor(float(done))
        self.optimizer.state[self.parameter] = loaded

    def step(self, grad: Array) -> tuple[Array, State]:
        """One step; parameter, and states by our names."""
        self.parameter.grad = torch.tensor(grad)
        self.optimizer.step()
        found = {name: self.kept()[key].numpy().copy() for name, key in self.keys.items() if key in self.kept()}
        return self.parameter.detach().numpy().copy(), found

    def kept(self) -> dict[str, Any]:
        """What torch keeps, by its names."""
        return {key: value for key, value in self.optimizer.state[self.parameter].items() if value is not None}
