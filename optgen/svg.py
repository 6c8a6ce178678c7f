"""Figures of matplotlib as SVG: the same figure gives the same bytes."""

from __future__ import annotations

import io

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

STYLE = {"svg.hashsalt": "optgen", "svg.fonttype": "none"}
"""Settings under which figures are drawn, so that parts have the same names each time and letters stay letters."""


def svg(figure: Figure) -> str:
    """The figure, without a date."""
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
