"""The generated references against torch.optim, in float64."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from generated_code import Code
from trajectories import DONE, SHAPES, Array, State, compare, gradients, somewhere

torch = pytest.importorskip("torch")

SHARED = {"lr": 0.031, "weight_decay": 0.07}
ADAM = {**SHARED, "beta1": 0.85, "beta2": 0.93, "eps": 0.02}


TUPLES = {
    "betas": ("beta1", "beta2"),
    "etas": ("eta_minus", "eta_plus"),
    "step_sizes": ("step_min", "step_max"),
}
"""Arguments of torch that are several of ours."""


@dataclass(frozen=True)
class Peer:
    """An optimizer of torch, and what makes ours the same.

    Attributes:
        spec: Our name.
        optimizer: Name of torch's class.
        ours: Hyper-parameters and flags of the reference; no two are equal.
        theirs: Arguments of torch's class, where they are not ours.
    """

    spec: str
    optimizer: str
    ours: dict[str, Any]
    theirs: dict[str, Any] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of torch's class."""
        plain = {name: value for name, value in self.ours.items() if not isinstance(value, bool)}
        given = {**plain, **self.theirs}
        for theirs, ours in TUPLES.items():
            if ours[0] in given:
                given[theirs] = tuple(given.pop(name) for name in ours)
        return {name: value for name, value in given.items() if value is not None}


PEERS = {
    "sgd": Peer("sgd", "SGD", SHARED),
    "sgd with momentum": Peer("momentum", "SGD", {**SHARED, "momentum": 0.8}),
    "sgd with dampening": Peer("momentum", "SGD", {**SHARED, "momentum": 0.8, "dampening": 0.3}),
    "sgd with nesterov": Peer("momentum", "SGD", {**SHARED, "momentum": 0.8, "nesterov": True}, {"nesterov": True}),
    "adagrad": Peer("adagrad", "Adagrad", {**SHARED, "lr_decay": 0.011, "initial_accumulator_value": 0.4, "eps": 0.02}),
    "rmsprop": Peer("rmsprop", "RMSprop", {**SHARED, "alpha": 0.91, "eps": 0.02}),
    "rmsprop, centered": Peer(
        "rmsprop", "RMSprop", {**SHARED, "alpha": 0.91, "eps": 0.02, "centered": True}, {"centered": True}
    ),
    "rmsprop with momentum": Peer(
        "rmsprop", "RMSprop", {**SHARED, "alpha": 0.91, "eps": 0.02, "momentum": 0.8, "with_momentum": True}
    ),
    "rmsprop, centered, with momentum": Peer(
        "rmsprop",
        "RMSprop",
        {**SHARED, "alpha": 0.91, "eps": 0.02, "momentum": 0.8, "centered": True, "with_momentum": True},
        {"centered": True},
    ),
    "adam": Peer("adam", "Adam", ADAM),
    "adam, amsgrad": Peer("adam", "Adam", {**ADAM, "amsgrad": True}, {"amsgrad": True}),
    "adamw": Peer("adamw", "AdamW", ADAM),
    "adamw, amsgrad": Peer("adamw", "AdamW", {**ADAM, "amsgrad": True}, {"amsgrad": True}),
    "radam": Peer("radam", "RAdam", ADAM),
    "adamax": Peer("adamax", "Adamax", ADAM),
    "nadam": Peer("nadam", "NAdam", {**ADAM, "momentum_decay": 0.3}),
    "nadam, decoupled": Peer(
        "nadam",
        "NAdam",
        {**ADAM, "momentum_decay": 0.3, "decoupled": True},
        {"decoupled_weight_decay": True},
    ),
    "adadelta": Peer("adadelta", "Adadelta", {"lr": 0.8, "rho": 0.85, "eps": 0.02, "weight_decay": 0.07}),
    "rprop": Peer(
        "rprop", "Rprop", {"lr": 0.031, "eta_minus": 0.4, "eta_plus": 1.3, "step_min": 1e-3, "step_max": 0.5}
    ),
    "asgd": Peer("asgd", "ASGD", {**SHARED, "lambd": 0.2, "alpha": 0.6, "t0": 9.0}),
}


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    """Torch keeps numbers of its own, such as the product of NAdam's momenta, in its default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


class Running:
    """Torch's optimizer on one parameter."""

    def __init__(self, peer: Peer, keys: dict[str, str], theta: Array) -> None:
        self.keys = keys
        self.parameter = torch.nn.Parameter(torch.tensor(theta))
        self.optimizer = getattr(torch.optim, peer.optimizer)([self.parameter], **peer.arguments, foreach=False)

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
        state = self.optimizer.state[self.parameter]
        found = {name: state[key].numpy().copy() for name, key in self.keys.items() if state.get(key) is not None}
        return self.parameter.detach().numpy().copy(), found


def keys_of(code: Code, peer: Peer) -> dict[str, str]:
    """Name in checkpoints of each state that the flags want."""
    wanted = [s for s in code.specs[peer.spec].states if s.only_if is None or peer.ours.get(s.only_if)]
    return {s.name: s.key for s in wanted}


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", PEERS)
def test_twenty_steps_from_the_middle_of_a_run(shipped: Code, name: str, shape: tuple[int, ...]) -> None:
    peer, reference = PEERS[name], shipped.reference(PEERS[name].spec)
    theta = np.random.default_rng(5).standard_normal(shape) + 1.5
    keys = keys_of(shipped, peer)
    state = somewhere(reference, keys, theta, peer.ours)
    torchs = Running(peer, keys, theta)
    torchs.load(state, DONE)
    compare(reference, torchs.step, theta, state, DONE + 1, peer.ours, seed=1)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", PEERS)
def test_twenty_steps_from_the_start(shipped: Code, name: str, shape: tuple[int, ...]) -> None:
    peer, reference = PEERS[name], shipped.reference(PEERS[name].spec)
    theta = np.random.default_rng(6).standard_normal(shape) - 1.5
    torchs = Running(peer, keys_of(shipped, peer), theta)
    compare(reference, torchs.step, theta, reference.init(theta, **peer.ours), 1, peer.ours, seed=2)


@pytest.mark.parametrize("name", PEERS)
def test_checkpoints_have_torchs_names(shipped: Code, name: str) -> None:
    """What torch keeps beside its count of steps is what we keep, under the names that the specs give."""
    peer, theta = PEERS[name], np.ones(3)
    torchs = Running(peer, keys_of(shipped, peer), theta)
    torchs.step(np.ones(3))
    kept = {key for key, value in torchs.optimizer.state[torchs.parameter].items() if value is not None}
    assert kept - {"step"} == set(keys_of(shipped, peer).values())


@pytest.mark.parametrize("name", PEERS)
def test_no_two_hyper_parameters_are_equal(name: str) -> None:
    """Where two are, code that swaps them passes."""
    numbers = [value for value in PEERS[name].ours.values() if not isinstance(value, bool)]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("adam", {"beta1": 0.93, "beta2": 0.85}),
        ("adam", {"eps": 0.02 * (1 + 1e-9)}),
        ("adamw", {"weight_decay": 0.07 * (1 + 1e-9)}),
        ("radam", {"threshold": 4}),
        ("sgd with momentum", {"nesterov": True}),
        ("rmsprop, centered", {"centered": False}),
        ("adagrad", {"lr_decay": 0.0}),
        ("sgd with dampening", {"dampening": 0.3 * (1 + 1e-9)}),
    ],
)
def test_the_bar_sees_small_mistakes(shipped: Code, name: str, changes: dict[str, Any]) -> None:
    """A hyper-parameter that is off by a billionth, or in the wrong place, is noticed."""
    peer, reference = PEERS[name], shipped.reference(PEERS[name].spec)
    theta = np.random.default_rng(5).standard_normal((4, 5)) + 1.5
    wrong = {**peer.ours, **changes}
    keys = keys_of(shipped, peer)
    torchs = Running(peer, keys, theta)
    state = reference.init(theta, **wrong)
    with pytest.raises(AssertionError):
        compare(reference, torchs.step, theta, state, 1, wrong, seed=2)


def test_gradients_have_what_exposes_errors() -> None:
    found = np.array(gradients((4, 5), seed=1))
    assert (found == 0).mean() > 0.1
    assert not found[7].any()
    assert np.abs(found).max() > 20
