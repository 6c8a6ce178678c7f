"""Surfaces and the ways of optimizers over them, as pictures that lie on each other.

The ground is drawn once for each surface by matplotlib; ways are paths in the same coordinates, so that a page may lay
any of them over it and light and dark pages use the same ground.
"""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from optgen.surfaces.surface import Surface
from optgen.svg import STYLE, svg

from .ways import HEIGHT, WIDTH


def ground(surface: Surface) -> str:
    """Contour lines as SVG, with as much of the surface below one line as between any two."""
    x, y, values, levels = surface.contours()
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.contourf(x, y, values, levels, cmap="viridis_r", alpha=0.16, extend="both")
        axes.contour(x, y, values, levels, cmap="viridis_r", alpha=0.55, linewidths=0.8)
        if surface.minimum:
            axes.plot(*surface.minimum, marker="*", markersize=11, color="#222222", markeredgewidth=0)
        axes.set_xlim(*surface.x)
        axes.set_ylim(*surface.y)
        axes.set_axis_off()
        figure.patch.set_alpha(0)
        return _inline(figure)


def _inline(figure: Figure) -> str:
    """A figure as it stands in a page, without what only files have in front."""
    text = svg(figure)
    return text[text.index("<svg") :]


def axis_plot(draw: Any, xlabel: str, ylabel: str, size: tuple[float, float] = (6.4, 3.2)) -> str:
    """A plot with axes whose colours follow the page.

    Args:
        draw: Is given the axes.
        xlabel: Below.
        ylabel: On the left.
        size: In inches.
    """
    ink = "#010203"
    colours = dict.fromkeys(("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color"), ink)
    with mpl.rc_context({**STYLE, **colours, "font.size": 9, "font.family": ["DejaVu Sans"]}):
        figure = Figure(figsize=size, layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color=ink, alpha=0.12, linewidth=0.6)
        axes.set_xlabel(xlabel)
        axes.set_ylabel(ylabel)
        draw(axes)
        text = _inline(figure)
    return text.replace(ink, "currentColor").replace("'DejaVu Sans'", "system-ui, sans-serif")
