"""What a step should give: by the reference in float64, and for some elements by the equations at 50 digits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import converted
from .cases import Case
from .draws import Draws
from .limits import Limits
from .oracle import Oracle
from .ways import Reference

Array = NDArray[Any]


@dataclass(frozen=True)
class Judge:
    """What right results are made with.

    Attributes:
        reference: In float64.
        limits: How far rounding may carry it.
        oracle: The exact equations.
        draws: The random numbers of the optimizer.
        coupled: Whether elements depend on each other.
    """

    reference: Reference
    limits: Limits
    oracle: Oracle
    draws: Draws
    coupled: bool


class Truth:
    """The right results of a step.

    Args:
        judge: What they are made with.
        case: Which run it is.
        t: Number of the step.
        series: Parameter, gradient, states and inputs before the step, flat.
        elements: Those that the exact equations look at.
    """

    def __init__(self, judge: Judge, case: Case, t: int, series: dict[str, Array], elements: Array) -> None:
        self.judge, self.case, self.t, self.elements = judge, case, t, elements
        self.series = converted(series, np.float64, judge.reference.numbers)

    @cached_property
    def double(self) -> dict[str, Array]:
        """The reference in float64."""
        return self.judge.reference.step(self.series, self.t, self.case)

    @cached_property
    def bound(self) -> dict[str, Array]:
        """How far rounding may carry it."""
        return self.judge.limits.of_step(self.series, self.t, self.case)

    @cached_property
    def exact(self) -> dict[str, tuple[Array, list[Any]]]:
        """Of each parameter and state some places, and what is there by the exact equations."""
        if not self.elements.size:
            return {}
        judge, setting = self.judge, self.case.setting
        layout = judge.reference.layout(self.case)
        names = {*self.series, *self.double}
        owners = {name: layout.owners(judge.reference.rate(name))[self.elements] for name in names}
        before = {name: np.atleast_1d(array)[owners[name]].tolist() for name, array in self.series.items()}
        noise = judge.draws.of_elements(self.elements, layout, self.t, self.case)
        whole = layout if judge.coupled else None
        found = judge.oracle.step(before, setting.hyper, setting.flags, self.t, noise, whole)
        exact = {}
        for name, numbers in found.items():
            places, first = np.unique(owners[name], return_index=True)  # one that some share is looked at once
            exact[name] = places, [numbers[i] for i in first]
        return exact
