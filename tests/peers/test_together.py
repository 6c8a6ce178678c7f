"""Optimizers whose parameters are updated together, against libraries, on several parameters at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from composed_peers import COMPOSED
from generated_code import Code
from optax_making import PRODIGY, prodigious
from optional import need
from trajectories import BAR, Array

SHAPES = ((4, 5), (), (7,), (2, 1, 3))
STEPS = 30


def parameters() -> list[Array]:
    """Where a run begins."""
    rng = np.random.default_rng(3)
    return [np.asarray(rng.standard_normal(shape) + 1.5) for shape in SHAPES]


def gradients(thetas: list[Array], t: int) -> list[Array]:
    """Of a bowl with a tilt that moves: they point the same way for long, and are of unlike lengths."""
    return [
        np.asarray((i + 1) * theta + 0.3 * np.cos(t + np.arange(theta.size)).reshape(theta.shape))
        for i, theta in enumerate(thetas)
    ]


def assert_close(ours: list[Array], theirs: list[Array], starts: list[Array]) -> None:
    """They are as close as rounding allows, and have moved."""
    for our, their, start in zip(ours, theirs, starts, strict=True):
        moved = np.max(np.abs(our - start))
        assert moved > 0.01
        assert np.max(np.abs(our - their)) <= BAR * moved


def test_prodigy_on_a_tree(shipped: Code) -> None:
    """The estimate of the distance grows, and is made of all parameters."""
    need("optax")
    import jax.numpy as jnp
    import optax

    hypers: dict[str, Any] = {**PRODIGY, "d0": 1e-3, "bias_correction": True, "eps": 1e-30}
    reference = shipped.reference("prodigy")
    starts = parameters()
    optimizer = prodigious(optax, hypers, None)
    theirs = [jnp.asarray(theta) for theta in starts]
    kept = optimizer.init(theirs)
    ours, state = starts, reference.init(starts, **hypers)
    for t in range(1, STEPS + 1):
        updates, kept = optimizer.update([jnp.asarray(g) for g in gradients(ours, t)], kept, theirs)
        theirs = optax.apply_updates(theirs, updates)
        ours, state = reference.step(ours, gradients(ours, t), state, t, **hypers)
        assert abs(float(state["d"]) - float(kept.estim_lr)) <= BAR * float(state["d"])
    assert float(state["d"]) > 20 * hypers["d0"]
    assert_close(ours, [np.asarray(theta) for theta in theirs], starts)


def test_clipping_by_the_norm_of_all(composed: Code) -> None:
    """As torch clips the gradients of a model before a step."""
    peer = COMPOSED["globally clipped adam"]
    reference, hypers = composed.reference(peer.ours), peer.hypers
    starts = parameters()
    theirs = [torch.nn.Parameter(torch.tensor(theta)) for theta in starts]
    betas = (hypers["beta1"], hypers["beta2"])
    optimizer = torch.optim.Adam(theirs, hypers["lr"], betas, hypers["eps"], hypers["weight_decay"])
    ours, state = starts, reference.init(starts, **hypers)
    clipped = 0
    for t in range(1, STEPS + 1):
        for theta, g in zip(theirs, gradients(ours, t), strict=True):
            theta.grad = torch.tensor(g)
        clipped += int(torch.nn.utils.clip_grad_norm_(theirs, hypers["max_norm"]) > hypers["max_norm"])
        optimizer.step()
        ours, state = reference.step(ours, gradients(ours, t), state, t, **hypers)
    assert clipped == STEPS
    assert_close(ours, [theta.detach().numpy() for theta in theirs], starts)


def test_each_alone_is_another_update(composed: Code) -> None:
    """The norm is of all, not of each."""
    peer = COMPOSED["globally clipped adam"]
    reference, hypers = composed.reference(peer.ours), {**peer.hypers, "eps": 1.0}
    starts = parameters()
    grads = gradients(starts, 1)
    ours, _ = reference.step(starts, grads, reference.init(starts, **hypers), 1, **hypers)
    for start, grad, our in zip(starts, grads, ours, strict=True):
        (alone,), _ = reference.step([start], [grad], reference.init([start], **hypers), 1, **hypers)
        assert np.max(np.abs(alone - our)) > 1e-4
