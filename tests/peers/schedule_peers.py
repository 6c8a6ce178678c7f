"""Schedules of torch and optax, and what makes ours the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from trajectories import Array


@dataclass(frozen=True)
class Schedule:
    """A schedule of another library, for a learning rate of one.

    Attributes:
        library: `torch` or `optax`.
        theirs: Name in the library.
        ours: Name of our schedule.
        numbers: What ours is called with; no two are equal.
        arguments: What theirs is called with.
        same: What makes them the same, in words; `lr` is the learning rate.
        until: Name of the hyper-parameter behind which they differ, if they do.
    """

    library: str
    theirs: str
    ours: str
    numbers: Mapping[str, float]
    arguments: Mapping[str, Any]
    same: str
    until: str = ""


def rising(w: float, s: float) -> dict[str, float]:
    """Ours that takes its first step up at once, where theirs starts at `s` and is up behind `w` steps."""
    return {"steps": w + 1, "start": ((w + 1) * s - 1) / w}


def cycles(period: int, multiplier: int, final: float) -> list[dict[str, Any]]:
    """The restarts that optax wants one by one."""
    lengths = [period * multiplier**i for i in range(4)]
    return [
        {"init_value": 1.0, "peak_value": 1.0, "warmup_steps": 0, "decay_steps": n, "end_value": final} for n in lengths
    ]


COSINE = {"steps": 17, "final": 0.2}
RESTARTS = {"period": 5, "multiplier": 2, "final": 0.1}
CYCLE = {"steps": 40, "rise": 0.25, "start": 0.05, "final": 0.01}
WARMUP = "theirs from s over w steps is ours with `steps = w + 1`, `start = ((w + 1) s - 1) / w`"

Torch, Optax = partial(Schedule, "torch"), partial(Schedule, "optax")

SCHEDULES = [
    Torch(
        "ConstantLR",
        "constant",
        {"value": 0.3},
        {"factor": 0.3, "total_iters": 10**9},
        "`factor=value` and endless `total_iters`",
    ),
    Torch(
        "CosineAnnealingLR",
        "cosine_decay",
        COSINE,
        {"T_max": 17, "eta_min": 0.2},
        "`T_max=steps`, `eta_min=final*lr`; behind `steps` theirs rises again",
        "steps",
    ),
    Torch(
        "LinearLR",
        "linear_decay",
        COSINE,
        {"start_factor": 1, "end_factor": 0.2, "total_iters": 17},
        "`start_factor=1`, `end_factor=final`, `total_iters=steps`",
    ),
    Torch(
        "LinearLR",
        "linear_warmup",
        rising(6, 1 / 3),
        {"start_factor": 1 / 3, "total_iters": 6},
        WARMUP,
    ),
    Torch(
        "PolynomialLR",
        "polynomial_decay",
        {"steps": 17, "power": 2.5},
        {"total_iters": 17, "power": 2.5},
        "`total_iters=steps`; theirs ends at zero",
    ),
    Torch("ExponentialLR", "exponential_decay", {"gamma": 0.9}, {"gamma": 0.9}, "the same"),
    Torch(
        "StepLR",
        "step_decay",
        {"period": 5, "gamma": 0.4},
        {"step_size": 5, "gamma": 0.4},
        "`step_size=period`",
    ),
    Torch(
        "CosineAnnealingWarmRestarts",
        "cosine_restarts",
        RESTARTS,
        {"T_0": 5, "T_mult": 2, "eta_min": 0.1},
        "`T_0=period`, `T_mult=multiplier`, `eta_min=final*lr`",
    ),
    Torch(
        "OneCycleLR",
        "one_cycle",
        CYCLE,
        {
            "max_lr": 1.0,
            "total_steps": 40,
            "pct_start": 0.25,
            "div_factor": 1 / 0.05,
            "final_div_factor": 0.05 / 0.01,
            "cycle_momentum": False,
        },
        "`total_steps=steps`, `pct_start=rise`, `div_factor=1/start`, `final_div_factor=start/final`; "
        "ours leaves the momentum alone: `cycle_momentum=False`",
        "steps",
    ),
    Optax("constant_schedule", "constant", {"value": 0.3}, {"value": 0.3}, "`value=value*lr`"),
    Optax(
        "cosine_decay_schedule",
        "cosine_decay",
        COSINE,
        {"init_value": 1.0, "decay_steps": 17, "alpha": 0.2},
        "`decay_steps=steps`, `alpha=final`",
    ),
    Optax(
        "linear_schedule",
        "linear_decay",
        COSINE,
        {"init_value": 1.0, "end_value": 0.2, "transition_steps": 17},
        "`end_value=final*lr`, `transition_steps=steps`",
    ),
    Optax(
        "linear_schedule",
        "linear_warmup",
        rising(6, 1 / 3),
        {"init_value": 1 / 3, "end_value": 1.0, "transition_steps": 6},
        WARMUP,
    ),
    Optax(
        "polynomial_schedule",
        "polynomial_decay",
        {"steps": 17, "power": 2.5, "final": 0.2},
        {
            "init_value": 1.0,
            "end_value": 0.2,
            "power": 2.5,
            "transition_steps": 17,
        },
        "`end_value=final*lr`, `transition_steps=steps`",
    ),
    Optax(
        "exponential_decay",
        "exponential_decay",
        {"gamma": 0.9},
        {"init_value": 1.0, "transition_steps": 1, "decay_rate": 0.9},
        "`transition_steps=1`, `decay_rate=gamma`",
    ),
    Optax(
        "exponential_decay",
        "step_decay",
        {"period": 5, "gamma": 0.4},
        {
            "init_value": 1.0,
            "transition_steps": 5,
            "decay_rate": 0.4,
            "staircase": True,
        },
        "`transition_steps=period`, `decay_rate=gamma`, `staircase=True`",
    ),
    Optax(
        "sgdr_schedule",
        "cosine_restarts",
        RESTARTS,
        {"cosine_kwargs": cycles(5, 2, 0.1)},
        "one cycle each, without warm-up, of `decay_steps=period*multiplier**i`",
    ),
    Optax(
        "cosine_onecycle_schedule",
        "one_cycle",
        {"steps": 41, "rise": 11 / 41, "start": 0.05, "final": 0.01},
        {
            "transition_steps": 40,
            "peak_value": 1.0,
            "pct_start": 0.25,
            "div_factor": 1 / 0.05,
            "final_div_factor": 0.05 / 0.01,
        },
        "for T steps that rise over p T: `steps = T + 1`, `rise = (p T + 1) / (T + 1)`; factors as in torch",
    ),
]
"""What is compared."""


def torch_factors(peer: Schedule, steps: int) -> Array:
    """The learning rates of the first steps."""
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(()))], lr=1.0)
    scheduler = getattr(torch.optim.lr_scheduler, peer.theirs)(optimizer, **peer.arguments)
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(found)


def optax_factors(peer: Schedule, steps: int) -> Array:
    """The learning rates of the first steps."""
    import jax.numpy as jnp
    import optax

    schedule = getattr(optax, peer.theirs)(**peer.arguments)
    return np.array([float(schedule(jnp.asarray(count, jnp.float64))) for count in range(steps)])
