"""The generated ways that update torch tensors in place: the Triton kernel, and the fused code for CPUs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.ir.nodes import Program
from optgen.spec.model import Spec

from .cases import Case
from .draws import Draws
from .fences import Buffers, Fenced, Number
from .interpreter import patch_once
from .strict import be_strict, fill_empty, watch
from .ways import Run, Way

Array = NDArray[Any]

BLOCK = 1024
"""Elements of a part of the CPU path where a case does not say: fewer than it takes of itself, so that a tensor of
some thousand elements has several parts."""


class InPlace(Way):
    """Code that updates the tensors which it is given.

    Args:
        spec: As captured.
        program: As frozen: says which states are one number.
        draws: The random numbers of the optimizer.
        module: The generated module.
        out: Folder of the generated code.
        dtype: Of the arithmetic, and of the states that are tensors; parameters and gradients are shorter where a
            case says so.

    Attributes:
        device: Where the tensors are.
        block: Elements that it takes at once, and as wide are the fences around tensors.
    """

    device = "cpu"
    block = BLOCK

    def __init__(
        self, spec: Spec, program: Program, draws: Draws, module: ModuleType, out: Path, dtype: str = "float32"
    ) -> None:
        super().__init__(spec, program, draws, module, out, dtype)
        self.data = [self.grad, *self.inputs]
        fill_empty()

    def begin(self, start: Mapping[str, Array], case: Case) -> Run:
        """A run on tensors of its own, from the given parameter and states."""
        return _Tensors(self, start, case)

    def dtypes(self, case: Case) -> dict[str, str]:
        """Of parameter, gradient and inputs."""
        param, data = (case.dtype, case.data_dtype) if self.dtype == "float32" else (self.dtype, self.dtype)
        return {self.param: param, **dict.fromkeys(self.data, data)}

    def held(self, theta: Array, case: Case) -> Array:
        """The parameter as the code gets it."""
        import torch  # only worker processes need it, and it takes a second

        tensor = torch.from_numpy(theta.copy()).to(getattr(torch, self.dtypes(case)[self.param]))
        return np.array(tensor.to(getattr(torch, self.dtype)).numpy())

    def initial(self, theta: Array, case: Case) -> dict[str, Array]:
        """States before the first step."""
        import torch

        dtype = getattr(torch, self.dtypes(case)[self.param])

        def tensor(part: Array) -> Any:
            return torch.from_numpy(part.copy()).to(self.device, dtype)

        (given,) = self.given(case, {self.param: theta}, self.param).values()
        state = self.call(case, 0, "init", [*map(tensor, given)] if isinstance(given, list) else tensor(given))
        self.check_states(case, "init", state)
        return {name: self.taken(case, "init", name, value, self.dtype).copy() for name, value in state.items()}

    @contextmanager
    def arranged(self, case: Case, t: int) -> Iterator[None]:
        """What is set up around a step, and looked at behind it."""
        del case, t
        yield


class _Tensors:
    """The tensors of a run, each inside a fence.

    Args:
        way: What updates them.
        start: Parameter and states, flat.
        case: Which run it is.
    """

    def __init__(self, way: InPlace, start: Mapping[str, Array], case: Case) -> None:
        self.way, self.case, self.layout = way, case, way.layout(case)
        zero = np.zeros_like(start[way.param])
        dtypes = way.dtypes(case)
        self.fenced: dict[str, list[Fenced | Number]] = {}
        number = 0
        for name, array in {**start, **dict.fromkeys(way.data, zero)}.items():
            self.fenced[name] = []
            for part in self.layout.split(array, way.rate(name)):
                if name in way.numbers:
                    self.fenced[name].append(Number(part, "cpu" if name in way.on_host else way.device))
                else:
                    mark = 976.0 + 112.0 * (number % 24)
                    dtype = dtypes.get(name, way.dtype)
                    self.fenced[name].append(Fenced(part, way.block, mark, way.device, dtype))
                    number += 1

    def hold(self, series: Mapping[str, Array]) -> dict[str, Array]:
        """Set their values."""
        for name, array in series.items():
            parts = self.layout.split(array, self.way.rate(name))
            for one, part in zip(self.fenced[name], parts, strict=True):
                one.fill(part)
        return self._values()

    def step(self, t: int) -> dict[str, Array]:
        """Update the tensors, and look at what must not have changed."""
        way, case, views = self.way, self.case, self._views()
        state = {name: views[name] for name in way.states(case)}
        kept = dict(state)
        inputs = {name: views[name] for name in way.inputs}
        before = {name: array for name, array in self._values().items() if name in way.data}
        point = {way.at: way.call(case, t, "point", views[way.param], state, t)} if way.at else {}
        with way.arranged(case, t):
            more = {**inputs, **way.draws.arguments(case)}
            way.call(case, t, "step_", views[way.param], views[way.grad], state, t, **more)
        for name, own in self.fenced.items():
            if not all(one.intact for one in own):
                raise way.blame(case, f"step_() wrote outside of {name} at t={t}")
        after = self._values()
        for name, array in before.items():
            if not np.array_equal(array, after[name], equal_nan=True):
                raise way.blame(case, f"step_() changed {name} at t={t}")
        if any(state.get(name) is not value for name, value in kept.items()):
            raise way.blame(case, "step_() put other tensors into state")
        dtype = way.dtypes(case)[way.param]
        taken = {name: way.taken(case, "point", name, p, dtype) for name, p in point.items()}
        return {**{name: array for name, array in after.items() if name not in way.data}, **taken}

    def _values(self) -> dict[str, Array]:
        """Copies of their values, flat."""
        return {
            name: self.layout.join([one.values for one in own], self.way.rate(name))
            for name, own in self.fenced.items()
        }

    def _views(self) -> dict[str, Any]:
        """The tensors as generated code takes them."""
        together = self.layout.together
        single = {name: self.layout.is_number(self.way.rate(name)) for name in self.fenced}
        return {
            name: [one.tensor for one in own] if together and not single[name] else own[0].tensor
            for name, own in self.fenced.items()
        }


class Kernel(InPlace):
    """The Triton kernel, in float32."""

    def __init__(
        self, spec: Spec, program: Program, draws: Draws, module: ModuleType, out: Path, device: str = "cpu"
    ) -> None:
        super().__init__(spec, program, draws, module, out)
        self.device, self.block = device, int(module.BLOCK)
        if device == "cpu":
            patch_once()
            be_strict()
            watch(import_module(".._runtime.batch", module.__package__).Batch)

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

    @contextmanager
    def arranged(self, case: Case, t: int) -> Iterator[None]:
        """Blocks are of the size that the case says."""
        del t
        self.module.BLOCK = case.block or self.block  # type: ignore[attr-defined]  # the launches read it there
        yield


class Fused(InPlace):
    """The compiled code for CPUs, in float32 or float64."""

    @contextmanager
    def arranged(self, case: Case, t: int) -> Iterator[None]:
        """Parts are of the size that the case says, and what the code allocates for itself lies in fences too."""
        package, buffers = self.module.__package__, Buffers()
        work, step, run = (import_module(f".._runtime.cpu_{name}", package) for name in ("work", "step", "run"))
        work.PART = run.PART = case.block or self.block  # type: ignore[attr-defined]  # they are read there
        work.np = step.np = buffers  # type: ignore[attr-defined]
        try:
            yield
        finally:
            work.np = step.np = np  # type: ignore[attr-defined]
        if not buffers.intact:
            raise self.blame(case, f"step_() wrote outside of its buffers at t={t}")
