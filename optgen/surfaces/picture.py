"""Ways over a surface as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .surface import Surface
from .terminal import seen
from .trajectory import Trajectory

_COLOURS = ("#d55e00", "#0072b2", "#cc79a7", "#009e73", "#e69f00", "#56b4e9", "#000000")
"""Which the colour-blind can tell apart (Okabe and Ito 2008)."""


def save(surface: Surface, ways: Sequence[tuple[str, Trajectory]], file: Path) -> None:
    """Write a PNG file with contour lines, ways, and values by step.

    Args:
        surface: What is below.
        ways: A label for each.
        file: Where; overwritten.

    Raises:
        OSError: The file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.4), layout="constrained", dpi=150)
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    x, y, values, levels = surface.contours()
    left.contourf(x, y, values, levels, cmap="Greys", alpha=0.25, extend="both")
    left.contour(x, y, values, levels, colors="#888888", linewidths=0.6)
    if surface.minimum:
        left.plot(*surface.minimum, marker="*", markersize=12, color="black", zorder=5)
    left.plot(*surface.start, marker="o", markersize=6, color="black", fillstyle="none", zorder=5)
    floor = surface.lowest
    for number, (label, way) in enumerate(ways):
        colour = _COLOURS[number % len(_COLOURS)]
        left.plot(*seen(surface, way.points).T, marker=".", markersize=3, linewidth=1.2, color=colour, label=label)
        right.plot(way.values - floor, color=colour, linewidth=1.2, label=label)
    left.set(xlim=surface.x, ylim=surface.y, title=surface.title, xlabel="x", ylabel="y")
    right.set(xlabel="step", ylabel="above the minimum" if surface.minimum else "value")
    right.set_yscale("log" if surface.minimum else "linear")
    right.legend(frameon=False)
    figure.savefig(file, format="png")
