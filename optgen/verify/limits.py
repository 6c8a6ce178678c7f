"""How far rounding may carry each way to compute an update, in a given case."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.ir.freeze import noise as noise_name
from optgen.ir.nodes import Role
from optgen.passes.guards import guard_values
from optgen.passes.point import point_program
from optgen.passes.states import initial_program
from optgen.spec.functions import Draw
from optgen.targets.base import Unit

from .bounds import Analysis
from .cases import Case
from .layout import Shape
from .noise import like
from .precision import FLOAT16, FLOAT32, FLOAT64, Precision
from .ways import Kernel

Array = NDArray[Any]

_UNITS = 100.0
"""Roundings that making a normal number may take: of an angle up to two pi, of a radius up to six, and of the rest."""


class Limits:
    """The error analyses of an optimizer.

    Args:
        unit: The optimizer.
        kernel: Its kernel, which knows the shapes and random numbers of a case.
        rounding: How the kernel rounds.

    Attributes:
        draws: What is drawn of random numbers.
        double: Of the reference in float64.
        single: Of the reference in float32.
        half: Of the reference in float16.
        kernel: Of the kernel.
        initial: Of the states before the first step: in the reference in float64 and float32, and of the kernel.
    """

    def __init__(self, unit: Unit, kernel: Kernel, rounding: Precision) -> None:
        self.spec, self.way, self.at = unit.spec, kernel, unit.program.at
        self.draws = {draw for equation in unit.spec.equations for draw in equation.rhs.atoms(Draw)}
        program = guard_values(unit.program)  # a value may be made of states that flags switch off
        self.double, self.single = Analysis(program, FLOAT64), Analysis(program, FLOAT32)
        self.half, self.kernel = Analysis(program, FLOAT16), Analysis(unit.batch.program, rounding)
        every = (self.double, self.single, self.half, self.kernel)
        self.points = {a: Analysis(point_program(unit.program), a.precision) for a in every if self.at}
        first = initial_program(unit.program)
        self.initial = [Analysis(first, precision) for precision in (FLOAT64, FLOAT32, rounding)]

    def of(self, analysis: Analysis, series: Mapping[str, Array], t: int, case: Case) -> dict[str, Array]:
        """What rounding explains, flat as the series are."""
        layout = self.way.layout(case)
        parts = {name: layout.split(array, self.way.rate(name)) for name, array in series.items()}
        values, noise = [], []
        for number, shape in enumerate(layout.shapes):
            own: dict[str, Any] = {"t": t, **case.setting.hyper}
            for i in analysis.program.inputs:
                if i.series in parts:
                    own[i.name] = parts[i.series][0 if layout.is_number(self.way.rate(i.series)) else number]
                elif i.role is Role.SCALE:
                    own[i.name] = 1.0
                elif i.role is Role.SIZE:
                    own[i.name] = layout.size(i.series, shape)
            values.append(own)
            noise.append(self._drawn(shape, t, case, number) if t else {})
        found = analysis.bounds_of_all(values, case.setting.flags, noise)
        bounds = {name: layout.join([own[name] for own in found], self.way.rate(name)) for name in found[0]}
        if analysis in self.points:
            at = self.of(self.points[analysis], series, t, case)
            bounds = {**bounds, self.at: at[self.spec.param.name]}
        untouched = {s.name: np.zeros(np.shape(series[s.name])) for s in self.spec.states if s.name in series}
        return {**untouched, **bounds}

    def _drawn(self, shape: Shape, t: int, case: Case, number: int) -> dict[str, Any]:
        """The random numbers of a tensor, and what making them may add in units of roundoff."""
        noise, found = self.way.noise(case), {}
        for draw in self.draws:
            numbers = like(draw, prod(shape), noise["seed"], t, noise["tensor"] + number).reshape(shape)
            found[noise_name(draw)] = (numbers, _UNITS * (1.0 + np.abs(numbers)))
        return found
