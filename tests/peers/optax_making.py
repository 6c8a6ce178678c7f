"""Optimizers of optax that take more than a call of one function: what is put together, and what is corrected."""

from __future__ import annotations

from typing import Any
from unittest import mock

import numpy as np
from peer import Numbers, Patch
from trajectories import State

from optgen.generated._runtime.noise import normal

NONE = 1e-30
"""Instead of zero, which would make NaN of what never had a gradient."""
PRODIGY = {"lr": 0.9, "beta1": 0.85, "beta2": 0.93, "weight_decay": 0.07, "d0": 0.02, "d_coef": 0.8}

ADAN = Patch(
    "scale_by_adan",
    (
        ("sq = optax.tree.add_scale(g, 1 - b2, diff)", "sq = optax.tree.add_scale(g, b2, diff)"),
        ("u = optax.tree.add_scale(m_hat, 1 - b2, v_hat)", "u = optax.tree.add_scale(m_hat, b2, v_hat)"),
    ),
    "optax #1715",
    "the difference of gradients is weighted by 1 - b2; the paper's weight, one minus its own beta2, is b2 here",
)
RPROP = Patch(
    "scale_by_rprop",
    (("return updates, ScaleByRpropState", "return prev_updates, ScaleByRpropState"),),
    "optax #1725",
    "each step applies the update of the step before",
)


def warming(optax: Any, numbers: Numbers, _: Any) -> Any:
    """AdEMAMix whose alpha rises in equal steps, and whose slow half-life does."""
    import jax.numpy as jnp

    def share(count: Any) -> Any:
        return jnp.minimum((count + 1) / numbers["warmup"], 1)

    def slow(count: Any) -> Any:
        first, last = (1 / np.log2(numbers[name]) for name in ("beta1", "beta3"))
        return 2 ** (1 / (first + share(count) * (last - first)))

    return optax.contrib.ademamix(
        numbers["lr"],
        numbers["beta1"],
        numbers["beta2"],
        slow,
        lambda count: numbers["alpha"] * share(count),
        numbers["eps"],
        weight_decay=numbers["weight_decay"],
    )


def noisy(optax: Any, _: Numbers, base: Any) -> Any:
    """Noisy SGD that draws our noise."""
    import jax.numpy as jnp

    def update(updates: Any, state: Any, params: Any = None) -> Any:
        drawn = normal(np.asarray(updates), 0, int(state[0].count) + 1, 0, 1)
        with mock.patch("jax.random.normal", return_value=jnp.asarray(drawn)):
            return base.update(updates, state, params)

    return optax.GradientTransformation(base.init, update)


def factored(optax: Any, numbers: Numbers, _: Any) -> Any:
    """Adafactor that takes apart small matrices too, and computes its decay in float64."""
    made = optax.adafactor(
        numbers["lr"],
        min_dim_size_to_factor=1,
        decay_rate=-numbers["beta2_decay"],
        clipping_threshold=numbers["d"],
        eps=numbers["eps1"],
    )

    def update(*arguments: Any) -> Any:
        with mock.patch("jax.numpy.float32", np.float64):
            return made.update(*arguments)

    return optax.GradientTransformation(made.init, update)


def covered(optax: Any, numbers: Numbers, _: Any) -> Any:
    """SM3 with all that its parts take."""
    scale = optax.scale_by_sm3(numbers["beta1"], numbers["beta2"], numbers["eps"])
    return optax.chain(scale, optax.scale(-numbers["lr"]))


def prodigious(optax: Any, numbers: Numbers, _: Any) -> Any:
    """Prodigy, as good as without `eps`."""
    return optax.contrib.prodigy(
        numbers["lr"],
        (numbers["beta1"], numbers["beta2"]),
        eps=NONE,
        estim_lr0=numbers["d0"],
        estim_lr_coef=numbers["d_coef"],
        weight_decay=numbers["weight_decay"],
    )


def estimates(state: State) -> State:
    """What Prodigy's estimate is made of, in optax's scale."""
    scale = (1 - PRODIGY["beta2"] ** 0.5) * PRODIGY["d0"]
    return {"grad_sum": state["s"] / scale, "numerator_weighted": state["r"] / scale}
