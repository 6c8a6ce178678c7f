"""The surfaces, each declared once as an expression: values, gradients and second derivatives follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy

Array = np.ndarray[Any, Any]

_X, _Y = sympy.symbols("x y", real=True)


@dataclass(frozen=True)
class Surface:
    """A function of two variables with a place to begin.

    Attributes:
        name: On the command line.
        title: In headings.
        expression: Of x and y.
        start: Where steps begin.
        minimum: Where it is least; None where it has no minimum.
        x: The part of the axis that is shown.
        y: The same.
        noise: Standard deviation of what is added to each gradient.
        doc: What is hard about it.
    """

    name: str
    title: str
    expression: Any
    start: tuple[float, float]
    minimum: tuple[float, float] | None
    x: tuple[float, float]
    y: tuple[float, float]
    noise: float = 0.0
    doc: str = ""

    @cached_property
    def value(self) -> Callable[[Array, Array], Array]:
        """Its value at x and y, arrays of one shape or numbers."""
        return _compiled(self.expression)

    @property
    def lowest(self) -> float:
        """Its value at the minimum; 0 where it has none."""
        return float(self.value(*np.array(self.minimum))) if self.minimum else 0.0

    @cached_property
    def _slopes(self) -> tuple[Callable[..., Any], ...]:
        return tuple(_compiled(sympy.diff(self.expression, v), "math") for v in (_X, _Y))

    @cached_property
    def _curvatures(self) -> tuple[Callable[..., Any], ...]:
        return tuple(_compiled(sympy.diff(self.expression, v, 2), "math") for v in (_X, _Y))

    def contours(self, points: int = 240, levels: int = 16) -> tuple[Array, Array, Array, Array]:
        """What contour lines are drawn of: x, y, values on their grid, and levels.

        As much of the surface lies below one level as between any two.

        Args:
            points: Of each side.
            levels: How many.
        """
        x, y = (np.linspace(*side, points) for side in (self.x, self.y))
        values = self.value(*np.meshgrid(x, y))
        return x, y, values, np.unique(np.quantile(values, np.linspace(0.005, 0.98, levels)))

    def gradient(self, point: Array) -> Array:
        """The gradient at a point, of shape (2,), without noise; NaN where its numbers are too large."""
        return _at(self._slopes, point)

    def curvature(self, point: Array) -> Array:
        """The diagonal of the Hessian at a point, of shape (2,); NaN where its numbers are too large."""
        return _at(self._curvatures, point)


def _compiled(expression: Any, library: str = "numpy") -> Callable[..., Any]:
    function: Callable[..., Any] = sympy.lambdify((_X, _Y), expression, library)
    return function


def _at(functions: tuple[Callable[..., Any], ...], point: Array) -> Array:
    x, y = point.tolist()  # plain numbers: arrays of one take ten times as long
    try:
        return np.array([function(x, y) for function in functions], dtype=float)
    except OverflowError:
        return np.full(2, np.nan)


SURFACES = {
    surface.name: surface
    for surface in (
        Surface(
            name="rosenbrock",
            title="Rosenbrock's valley",
            expression=(1 - _X) ** 2 + 100 * (_Y - _X**2) ** 2,
            start=(-1.5, 2.0),
            minimum=(1.0, 1.0),
            x=(-2.0, 2.0),
            y=(-1.0, 3.0),
            doc="A curved valley with steep walls and a flat floor.",
        ),
        Surface(
            name="beale",
            title="Beale's function",
            expression=(1.5 - _X + _X * _Y) ** 2 + (2.25 - _X + _X * _Y**2) ** 2 + (2.625 - _X + _X * _Y**3) ** 2,
            start=(1.0, 1.6),
            minimum=(3.0, 0.5),
            x=(-1.0, 4.5),
            y=(-2.0, 2.2),
            doc="Steep at the corners, nearly flat around the minimum.",
        ),
        Surface(
            name="saddle",
            title="A saddle point",
            expression=_X**2 - _Y**2 + _Y**4 / 4,
            start=(-1.6, 1e-3),
            minimum=(0.0, 2**0.5),
            x=(-2.0, 2.0),
            y=(-2.0, 2.0),
            doc="The way in is a valley, the way out nearly level: steps begin a thousandth beside the ridge.",
        ),
        Surface(
            name="valley",
            title="An ill-conditioned valley",
            expression=(_X**2 + 100 * _Y**2) / 2,
            start=(-1.8, 0.9),
            minimum=(0.0, 0.0),
            x=(-2.0, 2.0),
            y=(-1.0, 1.0),
            doc="A hundred times as steep across as along.",
        ),
        Surface(
            name="noisy",
            title="A noisy bowl",
            expression=(_X**2 + 4 * _Y**2) / 2,
            start=(-1.6, 1.2),
            minimum=(0.0, 0.0),
            x=(-2.0, 2.0),
            y=(-1.5, 1.5),
            noise=1.0,
            doc="Every gradient comes with noise as large as the gradient one unit away.",
        ),
    )
}
"""By name, in the order in which they are shown."""
