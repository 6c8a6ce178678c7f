"""Plots with axes: schedules, the speed of an optimizer beside others, losses of a training."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from .surfaces import axis_plot

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f5fc4", "#8c6d31")
DASHES = ("-", "--", ":", "-.")
_SHORTEST = 1000


def schedule_plot(reference: ModuleType) -> tuple[str, int]:
    """The factor of a schedule over its steps, with its defaults; and how many steps.

    Args:
        reference: The generated module.
    """
    given = inspect.signature(reference.factor).parameters.values()
    lengths = [p.default for p in given if isinstance(p.default, int | float) and p.default >= 10]
    steps = int(max([_SHORTEST, *(1.25 * length for length in lengths if length <= 100_000)]))
    t = np.arange(1, steps + 1)
    factors = reference.factor(t)
    return axis_plot(lambda axes: axes.plot(t, factors, color=COLOURS[0], linewidth=1.8), "step", "factor"), steps


def speed_plot(ratios: Mapping[str, float]) -> str:
    """How many times as long others take for a step.

    Args:
        ratios: By name of the other.
    """
    names = list(ratios)

    def draw(axes: Any) -> None:
        values = [ratios[name] for name in names]
        axes.hlines(names, 1, values, color=COLOURS[0], linewidth=2.5)
        axes.scatter(values, names, color=COLOURS[0], s=36, zorder=3)
        for name, value in zip(names, values, strict=True):
            axes.annotate(f"{value:.2g}", (value, name), (8, -3), textcoords="offset points")
        axes.axvline(1, color=COLOURS[1], linewidth=1.2)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xscale("log")
        axes.set_xlim(min(0.8, 0.9 * min(values)), 2 * max(values))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()

    return axis_plot(draw, "time of the other one / time of ours", "", (5.6, 0.9 + 0.33 * len(names)))


def loss_plot(losses: Mapping[str, Sequence[float]], smoothing: int = 50) -> str:
    """The loss of each step of some trainings, each the mean of a few steps.

    Args:
        losses: By name of the optimizer.
        smoothing: How many.
    """

    def draw(axes: Any) -> None:
        for place, (name, values) in enumerate(losses.items()):
            means = np.convolve(values, np.ones(smoothing) / smoothing, mode="valid")
            style = DASHES[place // len(COLOURS) % len(DASHES)]
            steps = np.arange(smoothing, len(values) + 1)
            axes.plot(steps, means, style, color=COLOURS[place % len(COLOURS)], linewidth=1.5, label=name)
        axes.legend(frameon=False, ncols=2)

    return axis_plot(draw, "step", f"loss, mean of {smoothing} steps", (7.2, 4.2))
