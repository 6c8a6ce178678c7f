"""Twenty steps of a reference and of a peer from the same state, and how far they come apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
State = dict[str, Array]

STEPS = 20
SHAPES = ((), (1,), (7,), (4, 5), (2, 3, 4))
DONE = 3
"""Steps that lie behind the state that is loaded."""
BAR = 1e-12
"""Largest difference, in units of the largest movement of any element so far.

The movement is the strict choice: the parameter itself is larger, and hides a wrong term that is small beside it. With
the learning rates here the movement is a few hundredths of the parameter or more, so that the rounding of twenty sums
in float64, 2e-15 of the parameter, stays a factor of ten or more below the bar. States are measured by their largest
element: they have no common starting point to move from.
"""

NON_NEGATIVE = ("sq", "sum", "var", "square", "inf", "delta", "step_size", "accumulator")


def gradients(shape: tuple[int, ...], seed: int) -> list[Array]:
    """Changing gradients of all magnitudes, with zeros, spikes, and one step without any."""
    rng = np.random.default_rng([seed, len(shape), *shape])
    found = []
    for step in range(STEPS):
        g = rng.standard_normal(shape) * 10.0 ** rng.uniform(-2, 0.5, shape)
        kind = rng.random(shape)
        g = np.where(kind < 0.15, 0.0, np.where(kind > 0.93, 30 * g, g)) * (step != 7)
        found.append(np.asarray(g))
    return found


def somewhere(reference: ModuleType, keys: Mapping[str, str], theta: Array, arguments: Mapping[str, Any]) -> State:
    """A state that is not zero, as an earlier run could have left it.

    Args:
        reference: The generated module.
        keys: Name of each state in checkpoints.
        theta: The parameter.
        arguments: Hyper-parameters and flags.
    """
    rng = np.random.default_rng(theta.size)
    state: State = reference.init(theta, **arguments)
    # A state that is one number has few values that a run can lead to: it is taken from one.
    numbers = [name for name, value in reference.init(np.ones(2), **arguments).items() if value.shape == ()]
    for t in range(1, DONE + 1 if numbers else 0):
        _, after = reference.step(theta, rng.standard_normal(theta.shape), state, t, **arguments)
        state |= {name: after[name] for name in numbers}
    for name in sorted(state.keys() - set(numbers)):
        value = rng.standard_normal(state[name].shape)
        if np.array_equal(state[name], theta):
            state[name] = np.asarray(theta + 0.05 * value)
            continue
        positive = any(word in keys[name] for word in NON_NEGATIVE)
        state[name] = np.asarray(0.4 + np.abs(value) if positive else 0.3 * value)
    if {"step_min", "step_max"} <= arguments.keys():
        state["delta"] = np.clip(state["delta"], arguments["step_min"], arguments["step_max"])
    if {"v", "gbar"} <= state.keys():
        state["v"] = state["v"] + state["gbar"] ** 2
    if {"v", "vmax"} <= state.keys():
        state["vmax"] = state["v"] + np.abs(rng.standard_normal(theta.shape)) * (rng.random(theta.shape) < 0.5)
    return state


def compare(
    reference: ModuleType,
    peer: Callable[[Array], tuple[Array, State]],
    theta: Array,
    state: State,
    first: int,
    arguments: Mapping[str, Any],
    seed: int,
    apart: Collection[str] = (),
) -> None:
    """Let both take their steps, and compare parameter and states behind each.

    Args:
        reference: The generated module.
        peer: Takes one step with a gradient, and gives its parameter and states by our names.
        theta: Parameter at the start.
        state: State at the start.
        first: Number of the first step.
        arguments: Hyper-parameters and flags of the reference.
        seed: Of the gradients.
        apart: States of ours that the peer does not keep.
    """
    start, moved = theta, 0.0
    for t, grad in enumerate(gradients(theta.shape, seed), start=first):
        theta, state = reference.step(theta, grad, state, t, **arguments)
        wanted, states = peer(grad)
        moved = max(moved, float(np.max(np.abs(wanted - start))))
        assert moved > 0.005 * np.max(np.abs(start)) or t < first + 5, "it hardly moves, and the bar says nothing"
        worst = float(np.max(np.abs(theta - wanted)))
        assert worst <= BAR * moved, f"parameter at t={t}: {worst:.1e} apart after moving {moved:.1e}"
        assert state.keys() - set(apart) == states.keys()
        for name, value in states.items():
            difference, size = np.max(np.abs(state[name] - value)), np.max(np.abs(value))
            assert difference <= BAR * size, f"{name} at t={t}: {difference:.1e} apart at a size of {size:.1e}"


def distance(
    reference: ModuleType,
    peer: Callable[[Array], tuple[Array, State]],
    theta: Array,
    state: State,
    first: int,
    arguments: Mapping[str, Any],
    seed: int,
) -> float:
    """How far the parameters come apart, in units of the largest movement; arguments as for `compare`."""
    start, moved, worst = theta, 0.0, 0.0
    for t, grad in enumerate(gradients(theta.shape, seed), start=first):
        theta, state = reference.step(theta, grad, state, t, **arguments)
        wanted, _ = peer(grad)
        moved = max(moved, float(np.max(np.abs(wanted - start))))
        worst = max(worst, float(np.max(np.abs(theta - wanted))))
    return worst / moved
