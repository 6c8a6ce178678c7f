"""Ways over a surface, drawn in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .surface import Array, Surface
from .trajectory import Trajectory

_LEVELS = 8
_COLOURS = ("orange+", "cyan+", "magenta+", "green+", "yellow+", "red+", "blue+")
_FINE = 4
"""Points for each column and row, so that lines have no gaps."""


def drawn(surface: Surface, ways: Sequence[Trajectory], size: tuple[int, int], *, colours: bool) -> str:
    """The surface as dots between its levels, and ways as lines from `o` that end in their numbers; `*` is the minimum.

    Args:
        surface: What is below.
        ways: Numbered from 1.
        size: Columns and rows.
        colours: Whether the terminal has any.
    """
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.plot_size(*size)
    figure.ruler("x").lim(*surface.x)
    figure.ruler("y").lim(*surface.y)
    figure.draw(figure.signal(*_contours(surface, size), marker=plotext.marker("·", "gray")))

    def mark(place: Sequence[Any], sign: str, colour: str) -> None:
        figure.draw(figure.signal([place[0]], [place[1]], marker=plotext.marker(sign, colour)))

    shown = [(seen(surface, way.points), _COLOURS[number % len(_COLOURS)]) for number, way in enumerate(ways)]
    for points, colour in shown:
        line = figure.signal(*points.T.tolist(), marker=plotext.marker("braille", colour))
        line.lines(True)
        figure.draw(line)
    # What lines must not cover comes behind them.
    mark(surface.start, "o", "white")
    if surface.minimum:
        mark(surface.minimum, "*", "white")
    for number, (points, colour) in enumerate(shown, start=1):
        mark(inside(surface, points), str(number), colour)
    text: str = figure.build().string(not colours)
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _contours(surface: Surface, size: tuple[int, int]) -> tuple[list[float], list[float]]:
    """Cells behind which the next level begins, with as much of the surface on one level as on any."""
    columns, rows = (_FINE * side for side in size)
    x, y = np.linspace(*surface.x, columns), np.linspace(*surface.y, rows)
    values = surface.value(*np.meshgrid(x, y))
    levels = np.unique(np.quantile(values, np.linspace(0, 1, _LEVELS + 1)[1:-1]))
    band = np.searchsorted(levels, values)
    edge = np.zeros(band.shape, bool)
    edge[:, :-1] |= band[:, :-1] != band[:, 1:]
    edge[:-1] |= band[:-1] != band[1:]
    down, across = np.nonzero(edge)
    return x[across].tolist(), y[down].tolist()


def seen(surface: Surface, points: Array) -> Array:
    """Points up to the first that is not finite, or so far away that no line to it can be drawn."""
    span = np.array([surface.x[1] - surface.x[0], surface.y[1] - surface.y[0]])
    middle = np.array([sum(surface.x), sum(surface.y)]) / 2
    with np.errstate(all="ignore"):
        near = np.isfinite(points).all(axis=1) & (np.abs(points - middle) < 20 * span).all(axis=1)
    found: Array = points[: int(np.argmin(near)) if not near.all() else len(points)]
    return found


def inside(surface: Surface, points: Array) -> tuple[Any, Any]:
    """The last point that is on the picture."""
    x, y = points.T
    visible = (surface.x[0] <= x) & (x <= surface.x[1]) & (surface.y[0] <= y) & (y <= surface.y[1])
    last = points[np.nonzero(visible)[0][-1]]
    return last[0], last[1]
