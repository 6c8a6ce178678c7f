"""The generated ways to compute an update, behind one interface: arrays by the spec's names in and out.

Beyond the numbers, what the generated functions promise is looked at here: shapes and dtypes, which states there are,
that nothing is changed which should not be.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.ir.nodes import Program, Role
from optgen.ir.rates import Rate
from optgen.spec.model import Kind, Spec

from .cases import Case
from .fences import Fenced, Number
from .generated import GeneratedCodeError, call
from .layout import Layout
from .strict import be_strict, fill_empty, watch

Array = NDArray[Any]


class _Way:
    """What the two generated modules have in common.

    Args:
        spec: As captured.
        program: As frozen: says which states are one number.
        module: The generated module.
        out: Folder of the generated code.
    """

    def __init__(self, spec: Spec, program: Program, module: ModuleType, out: Path) -> None:
        self.spec, self.module, self.out = spec, module, out
        self.program = program
        self.param, self.grad = spec.param.name, spec.grad.name
        self.rates = {i.series: i.rate for i in program.input_of(Role.STATE)}
        self.on_host = {name for name, rate in self.rates.items() if rate is Rate.STEP}
        self.numbers = {name for name, rate in self.rates.items() if rate < Rate.ROW}
        self.draws = bool(program.input_of(Role.NOISE))
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

    def noise(self, case: Case) -> dict[str, int]:
        """What random numbers depend on; nothing where none are drawn."""
        return {"seed": case.seed, "tensor": case.number % 7} if self.draws else {}

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


class Reference(_Way):
    """The NumPy reference, in the dtype of what it is given."""

    def initial(self, theta: Array, case: Case) -> dict[str, Array]:
        """States before the first step."""
        state = self.call(case, 0, "init", *self.given(case, {self.param: theta}, self.param).values())
        self.check_states(case, "init", state)
        return {name: self.taken(case, "init", name, value, str(theta.dtype)) for name, value in state.items()}

    def step(self, series: Mapping[str, Array], t: int, case: Case) -> dict[str, Array]:
        """Parameter and states behind a step from the given parameter, gradient, states and inputs."""
        names = self.states(case)
        given = self.given(case, series, self.param, self.grad, *names, *self.inputs)
        theta, grad = given[self.param], given[self.grad]
        state, inputs = {name: given[name] for name in names}, {name: given[name] for name in self.inputs}
        copies = deepcopy(given)
        new, states = self.call(case, t, "step", theta, grad, state, t, **inputs, **self.noise(case))
        self.check_states(case, "step", states)
        for name, copy in copies.items():
            if not _same(copy, given[name]):
                raise self.blame(case, f"step() changed {name} in place")
        after = {self.param: new, **states}
        if self.at:
            after[self.at] = self.call(case, t, "point", theta, state, t)
        dtype = str(series[self.param].dtype)
        return {name: self.taken(case, "step", name, value, dtype) for name, value in after.items()}


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


class Tensors:
    """The tensors of a run of the kernel, each inside a fence.

    Args:
        layout: Of the tensors.
        rates: Of the series that are no tensors of elements.
        fenced: For each series, its tensors.
    """

    def __init__(
        self, layout: Layout, rates: Mapping[str, Rate], fenced: Mapping[str, Sequence[Fenced | Number]]
    ) -> None:
        self.layout, self.rates, self.fenced = layout, rates, fenced

    def values(self, *but: str) -> dict[str, Array]:
        """Copies of their values, flat, without those of some."""
        return {
            name: self.layout.join([one.values for one in own], self.rates.get(name, Rate.ELEMENT))
            for name, own in self.fenced.items()
            if name not in but
        }

    def fill(self, series: Mapping[str, Array]) -> None:
        """Set their values."""
        for name, array in series.items():
            parts = self.layout.split(array, self.rates.get(name, Rate.ELEMENT))
            for one, part in zip(self.fenced[name], parts, strict=True):
                one.fill(part)

    def views(self) -> dict[str, Any]:
        """The tensors as generated code takes them."""
        together = self.layout.together
        single = {name: self.layout.is_number(self.rates.get(name, Rate.ELEMENT)) for name in self.fenced}
        return {
            name: [one.tensor for one in own] if together and not single[name] else own[0].tensor
            for name, own in self.fenced.items()
        }


class Kernel(_Way):
    """The Triton kernel, in float32, on tensors that it updates in place."""

    def __init__(self, spec: Spec, program: Program, module: ModuleType, out: Path, device: str) -> None:
        super().__init__(spec, program, module, out)
        self.device, self.block = device, int(module.BLOCK)
        self.data = [self.grad, *self.inputs]
        fill_empty()
        if device == "cpu":
            be_strict()
            watch(sys.modules[f"{module.__name__.rsplit('.', 2)[0]}._runtime.batch"].Batch)

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the module; on a GPU it waits for what it launches, so that a fault is its own."""
        found = super().function(name)
        if self.device == "cpu":
            return found

        @wraps(found)
        def awaited(*args: Any, **kwargs: Any) -> Any:
            import torch

            result = found(*args, **kwargs)
            torch.cuda.synchronize()
            return result

        return awaited

    def initial(self, theta: Array, case: Case) -> dict[str, Array]:
        """States before the first step."""
        import torch  # only worker processes need it, and it takes a second

        def tensor(part: Array) -> Any:
            return torch.from_numpy(part.copy()).to(self.device, getattr(torch, case.dtype))

        (given,) = self.given(case, {self.param: theta}, self.param).values()
        state = self.call(case, 0, "init", [*map(tensor, given)] if isinstance(given, list) else tensor(given))
        self.check_states(case, "init", state)
        return {name: self.taken(case, "init", name, value, "float32").copy() for name, value in state.items()}

    def rounded(self, theta: Array, case: Case) -> Array:
        """The parameter as the kernel gets it."""
        import torch

        return np.array(torch.from_numpy(theta.copy()).to(getattr(torch, case.dtype)).float().numpy())

    def tensors(self, series: Mapping[str, Array], case: Case) -> Tensors:
        """Tensors for a run that starts from the given parameter and states.

        Parameter, gradient and inputs have the dtypes of the case, states are float32.
        """
        layout = self.layout(case)
        zero = np.zeros_like(series[self.param])
        arrays = {**series, **dict.fromkeys(self.data, zero)}
        dtypes = {self.param: case.dtype, **dict.fromkeys(self.data, case.data_dtype)}
        fenced: dict[str, list[Fenced | Number]] = {}
        number = 0
        for name, array in arrays.items():
            fenced[name] = []
            for part in layout.split(array, self.rate(name)):
                if name in self.numbers:
                    fenced[name].append(Number(part, "cpu" if name in self.on_host else self.device))
                else:
                    mark = 976.0 + 112.0 * (number % 24)
                    dtype = dtypes.get(name, "float32")
                    fenced[name].append(Fenced(part, self.block, mark, self.device, dtype))
                    number += 1
        return Tensors(layout, self.rates, fenced)

    def step(self, tensors: Tensors, t: int, case: Case) -> dict[str, Array]:
        """Update the tensors; parameter and states behind the step."""
        views = tensors.views()
        state = {name: views[name] for name in self.states(case)}
        kept = dict(state)
        inputs = {name: views[name] for name in self.inputs}
        before = tensors.values(*(name for name in tensors.fenced if name not in self.data))
        point = {self.at: self.call(case, t, "point", views[self.param], state, t)} if self.at else {}
        self.module.BLOCK = case.block or self.block  # type: ignore[attr-defined]  # the launches read it there
        self.call(case, t, "step_", views[self.param], views[self.grad], state, t, **inputs, **self.noise(case))
        for name, own in tensors.fenced.items():
            if not all(one.intact for one in own):
                raise self.blame(case, f"step_() wrote outside of {name} at t={t}")
        after = tensors.values()
        for name, array in before.items():
            if not np.array_equal(array, after[name], equal_nan=True):
                raise self.blame(case, f"step_() changed {name} at t={t}")
        if any(state.get(name) is not value for name, value in kept.items()):
            raise self.blame(case, "step_() put other tensors into state")
        taken = {name: self.taken(case, "point", name, p, case.dtype) for name, p in point.items()}
        return {**{name: array for name, array in after.items() if name not in self.data}, **taken}
