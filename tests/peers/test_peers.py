"""The generated references against torch.optim, optax and Keras, in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from composed_peers import COMPOSED
from generated_code import Code
from keras_peers import KERAS
from optax_peers import OPTAX
from optional import need
from peer import Numbers, Peer, Running, of_one
from torch_peers import TORCH
from torch_peers import Running as TorchRunning
from trajectories import DONE, Array, compare, gradients, somewhere

TABLES = {"torch": TORCH, "optax": OPTAX, "keras": KERAS, "composed": COMPOSED}
PEERS = {f"{title}: {name}": peer for title, table in TABLES.items() for name, peer in table.items()}
MIDWAY = [name for name, peer in PEERS.items() if peer.midway]
PATCHED = [name for name, peer in PEERS.items() if peer.patch]


def code_of(peer: Peer, shipped: Code, composed: Code) -> Code:
    """Where our optimizer is."""
    return shipped if peer.ours in shipped.specs else composed


def keys_of(code: Code, peer: Peer) -> dict[str, str]:
    """Name in checkpoints of each state that is there."""
    state = of_one(code.reference(peer.ours)).init(np.ones(2), **peer.hypers)
    return {s.name: s.key for s in code.specs[peer.ours].states if s.name in state}


def running(peer: Peer, keys: dict[str, str], theta: Array, *, corrected: bool = True) -> Running:
    """Their optimizer on a parameter."""
    if peer.library == "torch":
        return TorchRunning(peer, keys, theta)
    need(peer.library)
    if peer.library == "keras":
        from keras_running import Running as KerasRunning

        return KerasRunning(peer, theta)
    from optax_running import Running as OptaxRunning

    return OptaxRunning(peer, theta, peer.patch if corrected else None)


def midway(code: Code, peer: Peer, shape: tuple[int, ...], *, corrected: bool = True) -> None:
    """Twenty steps from the middle of a run."""
    reference, keys = of_one(code.reference(peer.ours)), keys_of(code, peer)
    theta = np.random.default_rng(5).standard_normal(shape) + 1.5
    state = somewhere(reference, keys, theta, peer.hypers)
    theirs = running(peer, keys, theta, corrected=corrected)
    theirs.load(state, DONE)
    compare(reference, theirs.step, theta, state, DONE + 1, peer.hypers, seed=1, apart=peer.apart)


def from_the_start(code: Code, peer: Peer, shape: tuple[int, ...], hypers: Numbers) -> None:
    """Twenty steps from the first; ours with hyper-parameters that are perhaps not theirs."""
    reference, theta = of_one(code.reference(peer.ours)), np.random.default_rng(6).standard_normal(shape) - 1.5
    theirs = running(peer, keys_of(code, peer), theta)
    compare(reference, theirs.step, theta, reference.init(theta, **hypers), 1, hypers, seed=2, apart=peer.apart)


@pytest.mark.parametrize(("name", "shape"), [(name, shape) for name in MIDWAY for shape in PEERS[name].shapes])
def test_twenty_steps_from_the_middle_of_a_run(
    shipped: Code, composed: Code, name: str, shape: tuple[int, ...]
) -> None:
    midway(code_of(PEERS[name], shipped, composed), PEERS[name], shape)


@pytest.mark.parametrize(
    ("name", "shape"), [(name, shape) for name, peer in PEERS.items() if peer.start for shape in peer.shapes]
)
def test_twenty_steps_from_the_start(shipped: Code, composed: Code, name: str, shape: tuple[int, ...]) -> None:
    from_the_start(code_of(PEERS[name], shipped, composed), PEERS[name], shape, PEERS[name].hypers)


@pytest.mark.parametrize("name", PATCHED)
def test_what_is_called_a_bug_is_there(shipped: Code, name: str) -> None:
    """Without the correction, which the other tests make, there is no agreement."""
    with pytest.raises(AssertionError, match="parameter at"):
        midway(shipped, PEERS[name], (4, 5), corrected=False)


@pytest.mark.parametrize("name", [name for name, peer in TORCH.items() if not peer.apart])
def test_checkpoints_have_torchs_names(shipped: Code, name: str) -> None:
    """What torch keeps beside its count of steps is what we keep, under the names that the specs give."""
    peer = TORCH[name]
    theta = np.ones(peer.shapes[-1])
    keys = keys_of(shipped, peer)
    theirs: Any = running(peer, keys, theta)
    theirs.step(np.ones(theta.shape))
    assert theirs.kept().keys() - {"step"} == set(keys.values())


@pytest.mark.parametrize("name", PEERS)
def test_no_two_hyper_parameters_are_equal(name: str) -> None:
    """Where two are, code that swaps them passes."""
    numbers = [value for value in PEERS[name].both.values() if not isinstance(value, bool)]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("torch: adam", {"beta1": 0.93, "beta2": 0.85}),
        ("torch: adam", {"eps": 0.02 * (1 + 1e-9)}),
        ("torch: adamw", {"weight_decay": 0.07 * (1 + 1e-9)}),
        ("torch: radam", {"threshold": 4}),
        ("torch: adagrad", {"lr_decay": 0.0}),
        ("torch: sgd with dampening", {"dampening": 0.3 * (1 + 1e-9)}),
        ("composed: lookahead of sgd", {"alpha": 0.6 * (1 + 1e-9)}),
    ],
)
def test_the_bar_sees_small_mistakes(shipped: Code, composed: Code, name: str, changes: dict[str, Any]) -> None:
    """A hyper-parameter that is off by a billionth, or in the wrong place, is noticed."""
    peer = PEERS[name]
    with pytest.raises(AssertionError):
        from_the_start(code_of(peer, shipped, composed), peer, (4, 5), {**peer.hypers, **changes})


@pytest.mark.parametrize("name", [name for name, peer in PEERS.items() if peer.start])
def test_every_number_and_flag_matters(shipped: Code, composed: Code, name: str) -> None:
    """None of ours could be something else without being noticed."""
    peer = PEERS[name]
    for changed, value in peer.hypers.items():
        if 0 < value < 1e-20 or changed in peer.unseen:
            continue  # stands for none, or for a place
        other = not value if isinstance(value, bool) else value + 1 if value >= 4 else value * 0.9
        with pytest.raises((AssertionError, KeyError)):
            from_the_start(code_of(peer, shipped, composed), peer, peer.shapes[-1], {**peer.hypers, changed: other})


def test_a_parameter_of_zeros(shipped: Code) -> None:
    """A zero norm makes the trust ratio 1, in both."""
    peer, theta, grad = OPTAX["lamb"], np.zeros((2, 3)), np.ones((2, 3))
    reference = shipped.reference("lamb")
    wanted, _ = running(peer, {}, theta).step(grad)
    got, _ = reference.step(theta, grad, reference.init(theta, **peer.hypers), 1, **peer.hypers)
    np.testing.assert_allclose(got, wanted, rtol=1e-14)


def test_gradients_have_what_exposes_errors() -> None:
    found = np.array(gradients((4, 5), seed=1))
    assert (found == 0).mean() > 0.1
    assert not found[7].any()
    assert np.abs(found).max() > 20
