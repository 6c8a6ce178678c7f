"""How far rounding may carry a way to compute an update, in a given case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.ir.nodes import Program, Role
from optgen.ir.rates import Rate
from optgen.passes.point import point_program
from optgen.passes.states import initial_program
from optgen.targets.base import Unit

from .bounds import Analysis
from .cases import Case
from .draws import Draws
from .layout import Layout
from .precision import Precision

Array = NDArray[Any]


class Limits:
    """The error analyses of one way to compute an optimizer's update.

    Args:
        unit: The optimizer.
        program: What the way computes in a step, in its own order of operations.
        precision: How it rounds.
        draws: The random numbers of the optimizer.
    """

    def __init__(self, unit: Unit, program: Program, precision: Precision, draws: Draws) -> None:
        self.frozen, self.precision, self.draws = unit.program, precision, draws
        self.param, self.states = unit.spec.param.name, [s.name for s in unit.spec.states]
        self.rates = {i.series: i.rate for i in unit.program.input_of(Role.STATE)}
        self._step = Analysis(program, precision)
        self._point = Analysis(point_program(unit.program), precision) if unit.program.at else None
        self._initial = Analysis(initial_program(unit.program), precision)

    def of_step(self, series: Mapping[str, Array], t: int, case: Case) -> dict[str, Array]:
        """What rounding explains of a step from some values, flat as these are."""
        bounds = self._of(self._step, series, t, case)
        if self._point:
            bounds = {**bounds, self.frozen.at: self._of(self._point, series, t, case)[self.param]}
        untouched = {name: np.zeros(np.shape(series[name])) for name in self.states if name in series}
        return {**untouched, **bounds}

    def of_initial(self, theta: Array, case: Case) -> dict[str, Array]:
        """What rounding explains of the states before the first step."""
        return self._of(self._initial, {self.param: theta}, 0, case)

    def _of(self, analysis: Analysis, series: Mapping[str, Array], t: int, case: Case) -> dict[str, Array]:
        layout = Layout.of(self.frozen, case.shapes or ((case.size,),))
        parts = {name: layout.split(array, self._rate(name)) for name, array in series.items()}
        values, noise = [], []
        for number, shape in enumerate(layout.shapes):
            own: dict[str, Any] = {"t": t, **case.setting.hyper}
            for i in analysis.program.inputs:
                if i.series in parts:
                    own[i.name] = parts[i.series][0 if layout.is_number(self._rate(i.series)) else number]
                elif i.role is Role.SCALE:
                    own[i.name] = 1.0
                elif i.role is Role.SIZE:
                    own[i.name] = layout.size(i.series, shape)
            values.append(own)
            drawn = self.draws.of_tensor(shape, t, case, number) if t else {}
            noise.append({name: (x, self.precision.noise * (1.0 + np.abs(x))) for name, x in drawn.items()})
        found = analysis.bounds_of_all(values, case.setting.flags, noise)
        return {name: layout.join([own[name] for own in found], self._rate(name)) for name in found[0]}

    def _rate(self, name: str) -> Rate:
        return self.rates.get(name, Rate.ELEMENT)
