"""The generated ways to compute an update, behind one interface: arrays by the spec's names in and out.

Beyond the numbers, what the generated functions promise is looked at here: shapes and dtypes, which states there are,
that nothing is changed which should not be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.ir.nodes import Program, Rate, Role
from optgen.spec.model import Kind, Spec

from .cases import Case
from .fences import Fenced, Number
from .generated import GeneratedCodeError, call
from .strict import be_strict, fill_empty

Array = NDArray[Any]


_NUMBER = np.zeros((), np.float64)


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
        self.param, self.grad = spec.param.name, spec.grad.name
        self.on_host = {i.series for i in program.coarse_states(Rate.STEP)}
        self.numbers = self.on_host | {i.series for i in program.coarse_states(Rate.TENSOR)}
        self.draws = bool(program.input_of(Role.NOISE))
        self.at = program.at
        self.inputs = [s.name for s in spec.of_kind(Kind.INPUT)]

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
        state = self.call(case, 0, "init", theta)
        self.check_states(case, "init", state)
        for name, array in state.items():
            self._check_array(case, "init", name, array, _NUMBER if name in self.numbers else theta)
        return dict(state)

    def step(self, series: Mapping[str, Array], t: int, case: Case) -> dict[str, Array]:
        """Parameter and states behind a step from the given parameter, gradient, states and inputs."""
        theta = series[self.param]
        state = {name: series[name] for name in self.states(case)}
        inputs = {name: series[name] for name in self.inputs}
        copies = {name: array.copy() for name, array in series.items()}
        new, states = self.call(case, t, "step", theta, series[self.grad], state, t, **inputs, **self.noise(case))
        self.check_states(case, "step", states)
        for name, copy in copies.items():
            if not np.array_equal(copy, series[name], equal_nan=True):
                raise self.blame(case, f"step() changed {name} in place")
        after = {self.param: new, **states}
        if self.at:
            after[self.at] = self.call(case, t, "point", theta, state, t)
        for name, array in after.items():
            self._check_array(case, "step", name, array, _NUMBER if name in self.numbers else theta)
        return after

    def _check_array(self, case: Case, function: str, name: str, array: Any, like: Array) -> None:
        if not isinstance(array, np.ndarray) or array.dtype != like.dtype or array.shape != like.shape:
            found = f"{getattr(array, 'dtype', type(array).__name__)}{list(np.shape(array))}"
            wanted = f"{like.dtype}{list(like.shape)}"
            raise self.blame(case, f"{function}() gives {name} as {found}, wanted {wanted}")


class Tensors:
    """The tensors of a run of the kernel, each inside a fence."""

    def __init__(self, fenced: dict[str, Fenced | Number]) -> None:
        self.fenced = fenced

    def values(self, *but: str) -> dict[str, Array]:
        """Copies of their values, without those of some."""
        return {name: tensor.values for name, tensor in self.fenced.items() if name not in but}

    def fill(self, series: Mapping[str, Array]) -> None:
        """Set their values."""
        for name, array in series.items():
            self.fenced[name].fill(array)


class Kernel(_Way):
    """The Triton kernel, in float32, on tensors that it updates in place."""

    def __init__(self, spec: Spec, program: Program, module: ModuleType, out: Path, device: str) -> None:
        super().__init__(spec, program, module, out)
        self.device, self.block = device, int(module.BLOCK)
        self.data = [self.grad, *self.inputs]
        fill_empty()
        if device == "cpu":
            be_strict()

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

        tensor = torch.from_numpy(theta.copy()).to(self.device, getattr(torch, case.dtype))
        state = self.call(case, 0, "init", tensor)
        self.check_states(case, "init", state)
        for name, tensor in state.items():
            one = name in self.numbers
            dtype, shape = (torch.float64, ()) if one else (torch.float32, theta.shape)
            if tensor.dtype != dtype or tuple(tensor.shape) != shape:
                found = f"{tensor.dtype}{list(tensor.shape)}"
                raise self.blame(case, f"init() gives {name} as {found}, wanted {dtype}{list(shape)}")
        return {name: tensor.cpu().numpy().copy() for name, tensor in state.items()}

    def rounded(self, theta: Array, case: Case) -> Array:
        """The parameter as the kernel gets it."""
        import torch

        return np.array(torch.from_numpy(theta.copy()).to(getattr(torch, case.dtype)).float().numpy())

    def tensors(self, series: Mapping[str, Array], case: Case) -> Tensors:
        """Tensors for a run that starts from the given parameter and states.

        Parameter, gradient and inputs have the dtypes of the case, states are float32.
        """
        zero = np.zeros_like(series[self.param])
        arrays = {**series, **dict.fromkeys(self.data, zero)}
        dtypes = {self.param: case.dtype, **dict.fromkeys(self.data, case.data_dtype)}
        numbers = {
            n: Number(array, "cpu" if n in self.on_host else self.device)
            for n, array in series.items()
            if n in self.numbers
        }
        fenced = {
            name: Fenced(array, self.block, 976.0 + 112.0 * number, self.device, dtypes.get(name, "float32"))
            for number, (name, array) in enumerate(arrays.items())
            if name not in self.numbers
        }
        return Tensors({**fenced, **numbers})

    def step(self, tensors: Tensors, t: int, case: Case) -> dict[str, Array]:
        """Update the tensors; parameter and states behind the step."""
        views = {name: fenced.tensor for name, fenced in tensors.fenced.items()}
        state = {name: views[name] for name in self.states(case)}
        inputs = {name: views[name] for name in self.inputs}
        before = {name: tensors.fenced[name].values for name in self.data}
        point = {self.at: self.call(case, t, "point", views[self.param], state, t)} if self.at else {}
        self.module.BLOCK = case.block or self.block  # type: ignore[attr-defined]  # the launches read it there
        self.call(case, t, "step_", views[self.param], views[self.grad], state, t, **inputs, **self.noise(case))
        for name, fenced in tensors.fenced.items():
            if not fenced.intact:
                raise self.blame(case, f"step_() wrote outside of {name} at t={t}")
        for name, array in before.items():
            if not np.array_equal(array, tensors.fenced[name].values, equal_nan=True):
                raise self.blame(case, f"step_() changed {name} at t={t}")
        if any(state.get(name) is not views[name] for name in self.states(case)):
            raise self.blame(case, "step_() put other tensors into state")
        taken = {name: np.array(value.float().cpu().numpy()) for name, value in point.items()}
        return {**tensors.values(*self.data), **taken}
