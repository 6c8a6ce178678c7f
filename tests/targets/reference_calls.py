"""Calls of generated references, with arguments that are right and some that are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from generated_code import Code, chosen
from numpy.typing import NDArray
from one_tensor import one_tensor

from optgen.ir.nodes import Role
from optgen.ir.rates import Rate, View
from optgen.spec.model import Kind, Spec

Array = NDArray[Any]


class Case:
    """An optimizer's reference with arguments that are right."""

    def __init__(self, code: Code, name: str, shape: tuple[int, ...] = (3, 4), dtype: type = np.float32) -> None:
        self.spec: Spec = code.specs[name]
        self.reference: Any = one_tensor(code.reference(name))
        rng = np.random.default_rng(len(name))
        self.theta: Array = np.asarray(rng.standard_normal(shape), dtype)
        self.grad: Array = np.asarray(rng.standard_normal(shape), dtype)
        self.flags: dict[str, Any] = dict(chosen(f, True) for f in self.spec.flags)
        self.state = self.reference.init(self.theta, **self.flags)
        pair = self.reference.init(np.ones(2), **self.flags)
        self.numbers = {name for name, value in pair.items() if not value.ndim}
        program = code.unit(name).program
        self.view, self.rates = program.view, {i.series: i.rate for i in program.input_of(Role.STATE)}

    def kept_shape(self, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of a state of a parameter of some shape."""
        if name in self.numbers or not shape:
            return ()
        if self.rates[name] is Rate.COL:
            return (*shape[:-2], 1, shape[-1]) if len(shape) > 1 else shape
        if self.rates[name] is Rate.ROW:
            return (shape[0], *(1 for _ in shape[1:])) if self.view is View.FIRST else (*shape[:-1], 1)
        return shape

    def step(self, **changed: Any) -> tuple[Array, dict[str, Array]]:
        """Call `step` with some arguments replaced, or left out where `...` stands for them."""
        arguments = {"theta": self.theta, "grad": self.grad, "state": self.state, "t": 2, **self.flags}
        further = {s.name: np.full_like(self.theta, 0.5) for s in self.spec.of_kind(Kind.INPUT)}
        given = {name: value for name, value in {**arguments, **further, **changed}.items() if value is not ...}
        result: tuple[Array, dict[str, Array]] = self.reference.step(**given)
        return result

    def fails(self, error: type[Exception], *parts: str, **changed: Any) -> None:
        """A call raises, and its message has all the parts."""
        with pytest.raises(error) as caught:
            self.step(**changed)
        for part in parts:
            assert part in str(caught.value)
