"""The ways of optimizers as paths in the coordinates of the pictures of surfaces."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from optgen.surfaces.surface import Array, Surface

WIDTH, HEIGHT = 400, 300
"""Of all pictures, in the units of paths."""
_FAR = 3 * WIDTH
"""Steps that lead farther out are not followed: browsers draw no numbers of any size."""


def way(surface: Surface, points: Array) -> list[list[float]]:
    """Points in the units of the picture, up to the first that is far away.

    Args:
        surface: What they lie on.
        points: Of shape (steps + 1, 2).
    """
    found: list[list[float]] = []
    with np.errstate(all="ignore"):
        across = (points[:, 0] - surface.x[0]) / (surface.x[1] - surface.x[0]) * WIDTH
        down = (surface.y[1] - points[:, 1]) / (surface.y[1] - surface.y[0]) * HEIGHT
    for at in np.column_stack([across, down]):
        if not np.isfinite(at).all() or np.abs(at).max() > _FAR:
            break
        found.append([round(float(v), 1) for v in at])
    return found


def path(points: Iterable[list[float]]) -> str:
    """The data of an SVG path."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
