"""What a spec draws of random numbers in a run: for whole tensors in float64, for some elements with many digits."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.ir.freeze import noise as noise_name
from optgen.ir.nodes import Program, Role
from optgen.spec.functions import Draw
from optgen.spec.model import Spec

from .cases import Case
from .layout import Layout, Shape
from .noise import exact, like

Array = NDArray[Any]


class Draws:
    """The random numbers of an optimizer.

    Args:
        spec: As captured.
        program: As frozen.
    """

    def __init__(self, spec: Spec, program: Program) -> None:
        self.draws = {draw for equation in spec.equations for draw in equation.rhs.atoms(Draw)}
        self.some = bool(program.input_of(Role.NOISE))
        self._of_step: dict[Any, dict[str, Array]] = {}

    def arguments(self, case: Case) -> dict[str, int]:
        """What random numbers depend on, as arguments of a step; nothing where none are drawn."""
        return {"seed": case.seed, "tensor": case.number % 7} if self.some else {}

    def of_tensor(self, shape: Shape, t: int, case: Case, number: int) -> dict[str, Array]:
        """Those of a tensor at a step, by the name of the input; every analysis of that step asks for them."""
        place = (case.number, t)
        if self._of_step.keys() and next(iter(self._of_step))[:2] != place:
            self._of_step.clear()
        key = (*place, number, shape)
        if key not in self._of_step:
            given = self.arguments(case)
            self._of_step[key] = {
                noise_name(draw): np.reshape(like(draw, prod(shape), given["seed"], t, given["tensor"] + number), shape)
                for draw in self.draws
            }
        return self._of_step[key]

    def of_elements(self, elements: Iterable[int], layout: Layout, t: int, case: Case) -> dict[Draw, list[Any]]:
        """Those of some elements, with many digits."""
        given, places = self.arguments(case), [(int(layout.places[i]), int(layout.tensors[i])) for i in elements]
        return {
            draw: [exact(draw, [place], given["seed"], t, given["tensor"] + tensor)[0] for place, tensor in places]
            for draw in self.draws
        }
