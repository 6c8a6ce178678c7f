"""The generated ways to compute an update, behind one interface: arrays by the spec's names in and out.

Beyond the numbers, what the generated functions promise is looked at here: shapes and dtypes, which states there are,
that nothing is changed which should not be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from optgen.ir.nodes import Program, Role
from optgen.ir.rates import Rate
from optgen.spec.model import Kind, Spec

from .arrays import converted
from .cases import Case
from .draws import Draws
from .generated import GeneratedCodeError, call
from .layout import Layout

Array = NDArray[Any]


class Run(Protocol):
    """A case on its way: some steps, one after the other, by one way."""

    def hold(self, series: Mapping[str, Array]) -> dict[str, Array]:
        """Set what the next step starts from, flat; the same as it is held, in the dtypes of the way."""

    def step(self, t: int) -> dict[str, Array]:
        """Parameter and states behind a step, and the point where the gradient was taken."""


class Way:
    """What the ways have in common.

    Args:
        spec: As captured.
        program: As frozen: says which states are one number.
        draws: The random numbers of the optimizer.
        module: The generated module.
        out: Folder of the generated code.
        dtype: Of the arithmetic, and of the states that are tensors.
    """

    def __init__(
        self, spec: Spec, program: Program, draws: Draws, module: ModuleType, out: Path, dtype: str = "float32"
    ) -> None:
        self.spec, self.module, self.out, self.dtype = spec, module, out, dtype
        self.program, self.draws = program, draws
        self.param, self.grad = spec.param.name, spec.grad.name
        self.rates = {i.series: i.rate for i in program.input_of(Role.STATE)}
        self.on_host = {name for name, rate in self.rates.items() if rate is Rate.STEP}
        self.numbers = {name for name, rate in self.rates.items() if rate < Rate.ROW}
        self.at = program.at
        self.inputs = [s.name for s in spec.of_kind(Kind.INPUT)]

    def rate(self, name: str) -> Rate:
        """Of a series."""
        return self.rates.get(name, Rate.ELEMENT)

    def layout(self, case: Case) -> Layout:
        """Of the tensors of a case."""
        return Layout.of(self.program, case.shapes or ((case.size,),))

    def given(self, case: Case, series: Mapping[str, Array], *names: str) -> dict[str, Any]:
        """Some series as generated code takes them."""
        layout = self.layout(case)
        return {name: layout.given(series[name], self.rate(name)) for name in names}

    def taken(self, case: Case, function: str, name: str, value: Any, dtype: str) -> Array:
        """What generated code gives for a series, flat; raises where it is not of the shapes and dtype promised."""
        layout, rate = self.layout(case), self.rate(name)
        wanted = "float64" if name in self.numbers else dtype
        single = layout.is_number(rate) or not layout.together
        parts = [value] if single else value
        shapes = [()] if layout.is_number(rate) else [layout.shape(shape, rate) for shape in layout.shapes]
        found = [_described(part) for part in parts] if isinstance(parts, list) else [type(parts).__name__]
        promised = [f"{wanted}{list(shape)}" for shape in shapes]
        if found != promised:
            raise self.blame(case, f"{function}() gives {name} as {_listed(found)}, wanted {_listed(promised)}")
        return layout.join([_array(part) for part in parts], rate)

    def states(self, case: Case) -> list[str]:
        """Names of the states that there are under the flags of a case."""
        flags = case.setting.flags
        return [s.name for s in self.spec.states if s.only_if is None or flags[s.only_if]]

    def call(self, case: Case, t: int, function: str, *args: Any, **more: Any) -> Any:
        """Call a function of the module with the case's hyper-parameters."""
        place = f"t={t}, {case}" if t else str(case)
        return call(self.out, place, self.function(function), *args, **more, **case.setting.arguments)

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the module."""
        found: Callable[..., Any] = getattr(self.module, name)
        return found

    def blame(self, case: Case, what: str) -> GeneratedCodeError:
        """An error for a broken promise."""
        return GeneratedCodeError(f"{Path(str(self.module.__file__)).name}: {what} at {case}")

    def check_states(self, case: Case, function: str, state: Mapping[str, Any]) -> None:
        """Raise unless the states are those that the flags want."""
        if set(state) != set(self.states(case)):
            raise self.blame(case, f"{function}() gives the states {sorted(state)}, wanted {self.states(case)}")


class Reference(Way):
    """The NumPy reference, in one dtype."""

    def begin(self, start: Mapping[str, Array], case: Case) -> Run:
        """A run; where it starts is told later."""
        del start
        return _ReferenceRun(self, case)

    def held(self, theta: Array, case: Case) -> Array:
        """The parameter as the reference gets it."""
        del case
        return theta.astype(self.dtype)

    def initial(self, theta: Array, case: Case) -> dict[str, Array]:
        """States before the first step."""
        given = self.given(case, {self.param: self.held(theta, case)}, self.param)
        state = self.call(case, 0, "init", *given.values())
        self.check_states(case, "init", state)
        return {name: self.taken(case, "init", name, value, self.dtype) for name, value in state.items()}

    def step(self, series: Mapping[str, Array], t: int, case: Case) -> dict[str, Array]:
        """Parameter and states behind a step from the given parameter, gradient, states and inputs."""
        series = converted(series, self.dtype, self.numbers)
        names = self.states(case)
        given = self.given(case, series, self.param, self.grad, *names, *self.inputs)
        theta, grad = given[self.param], given[self.grad]
        state, inputs = {name: given[name] for name in names}, {name: given[name] for name in self.inputs}
        copies = deepcopy(given)
        new, states = self.call(case, t, "step", theta, grad, state, t, **inputs, **self.draws.arguments(case))
        self.check_states(case, "step", states)
        for name, copy in copies.items():
            if not _same(copy, given[name]):
                raise self.blame(case, f"step() changed {name} in place")
        after = {self.param: new, **states}
        if self.at:
            after[self.at] = self.call(case, t, "point", theta, state, t)
        return {name: self.taken(case, "step", name, value, self.dtype) for name, value in after.items()}


class _ReferenceRun:
    """A run of the reference, which changes nothing in place."""

    def __init__(self, way: Reference, case: Case) -> None:
        self.way, self.case = way, case
        self.series: dict[str, Array] = {}

    def hold(self, series: Mapping[str, Array]) -> dict[str, Array]:
        self.series = converted(series, self.way.dtype, self.way.numbers)
        return self.series

    def step(self, t: int) -> dict[str, Array]:
        return self.way.step(self.series, t, self.case)


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(parts) or "nothing"


def _described(part: Any) -> str:
    """Dtype and shape of an array or tensor; of anything else, its type."""
    if not isinstance(part, np.ndarray) and not hasattr(part, "is_contiguous"):
        return type(part).__name__
    return f"{str(part.dtype).removeprefix('torch.')}{list(part.shape)}"


def _array(part: Any) -> Array:
    """A tensor as an array; what NumPy does not know, or is short, as float32."""
    if isinstance(part, np.ndarray):
        return part
    return np.array((part if part.element_size() > 2 else part.float()).cpu().numpy())


def _same(a: Any, b: Any) -> bool:
    """Whether two arrays, or lists of them, hold the same numbers."""
    if isinstance(a, list):
        return all(map(_same, a, b))
    return np.array_equal(a, b, equal_nan=True)
