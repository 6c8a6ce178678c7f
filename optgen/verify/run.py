"""Verify one optimizer: the equations, the reference and the kernel on the same inputs, step by step."""

from __future__ import annotations

import importlib
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.driver import unit_of
from optgen.ir.nodes import Program, Role
from optgen.spec.model import Spec
from optgen.targets.base import Unit

from .bounds import CUDA, FLOAT32, FLOAT64, INTERPRETED, Precision, bounds
from .compare import Place, Tally
from .inputs import gradients, parameters, sizes
from .oracle import Oracle, uses_reductions
from .report import Report
from .settings import Setting, settings

Array = NDArray[Any]

WARM_UP = 3
LATER = (4, 5, 6, 7, 8, 9, 1000, 1001)
"""Steps from a state that is not zero: six in a row, and two for which bias corrections have faded."""
FRESH = (1, 2)
"""Steps from the initial state, where corrections are largest and first-step branches are taken."""
FAR = 1e8
SAMPLE = 6
SMALL = 37
"""Elements that the exact oracle looks at: a sample, or, where elements depend on each other, a small tensor."""


@dataclass(frozen=True)
class Inputs:
    """What one step starts from: float32 arrays of the spec's series before the step, flat."""

    series: dict[str, Array]
    t: int


@dataclass(frozen=True)
class Case:
    """One run of several steps."""

    setting: Setting
    size: int
    number: int


def verify_spec(spec: Spec, folder: Path, out: Path, device: str = "cpu") -> Report:
    """Run every case of one optimizer.

    Args:
        spec: As captured.
        folder: Folder of its spec.
        out: Folder of the generated code.
        device: "cpu" (Triton's interpreter, which has to be enabled before Triton is imported) or "cuda".
    """
    started = time.perf_counter()
    run = _Run(spec, unit_of(spec, folder), *generated(out, spec.name), device)
    for case in run.cases():
        run.case(case)
    checks = tuple(tally.check() for tally in run.tallies)
    misses = tuple(miss for tally in run.tallies for miss in tally.misses)
    return Report(spec.name, checks, misses, seconds=time.perf_counter() - started)


def generated(out: Path, name: str) -> tuple[Any, Any]:
    """Import an optimizer's reference and kernel from a folder of generated code, wherever it is."""
    package = f"_optgen_verified_{zlib.crc32(str(out.resolve()).encode()):08x}"
    if package not in sys.modules:
        location = spec_from_file_location(package, out / "__init__.py", submodule_search_locations=[str(out)])
        if location is None or location.loader is None:
            raise ImportError(f"{out} is no package of generated code")
        module = module_from_spec(location)
        sys.modules[package] = module
        location.loader.exec_module(module)
    reference = importlib.import_module(f"{package}.{name}.reference")
    return reference, importlib.import_module(f"{package}.{name}.kernel")


def _bring_back(tensors: dict[str, Any], start: dict[str, Any]) -> None:
    """Return elements to where the run began once they have left the range of honest training.

    Some settings make a step of 1e11; from there on, float32 overflows whatever the formula.
    """
    gone = sum(~(tensor.abs() < FAR) for tensor in tensors.values()) > 0
    for name, tensor in tensors.items():
        tensor[gone] = start[name][gone]


class _Run:
    """The modules of one optimizer, and the tallies of its comparisons."""

    def __init__(self, spec: Spec, unit: Unit, reference: Any, kernel: Any, device: str) -> None:
        self.spec, self.unit, self.reference, self.kernel, self.device = spec, unit, reference, kernel, device
        self.coupled = uses_reductions(spec)
        self.rounding: Precision = INTERPRETED if device == "cpu" else CUDA
        exact, double = "equations, 50 digits", "reference float64"
        kernel_name = "kernel float32" if device == "cpu" else f"kernel float32 on {device}"
        self.double = Tally("reference float64", exact)
        self.single_exact = Tally("reference float32", exact)
        self.single = Tally("reference float32", double)
        self.kernel_exact = Tally(kernel_name, exact)
        self.kernel_all = Tally(kernel_name, double)
        self.tallies = (self.double, self.single_exact, self.single, self.kernel_exact, self.kernel_all)

    def cases(self) -> Iterator[Case]:
        """Default flags at every size; other combinations of flags at the largest, and at a small one."""
        every = [SMALL, *sizes(self.kernel.BLOCK)]
        default = {f.name: f.default for f in self.spec.flags}
        number = 0
        for setting in settings(self.spec):
            for size in every if setting.flags == default else (SMALL, every[-1]):
                yield Case(setting, size, number)
                number += 1

    def case(self, case: Case) -> None:
        """Two runs: from the initial state, and from one that random gradients have led to."""
        rng = np.random.default_rng([zlib.crc32(self.spec.name.encode()), case.number])
        arguments = case.setting.arguments
        theta = parameters(rng, case.size)
        state = self.kernel.init(self._tensor(theta), **arguments)
        self._follow(case, rng, self._tensor(theta), state, FRESH)
        warm = theta.astype(np.float64)
        arrays = self.reference.init(warm, **arguments)
        for t in range(1, WARM_UP + 1):
            warm, arrays = self.reference.step(
                warm, gradients(rng, case.size, -1).astype(np.float64), arrays, t, **arguments
            )
        state = {name: self._tensor(array.astype(np.float32)) for name, array in arrays.items()}
        self._follow(case, rng, self._tensor(warm.astype(np.float32)), state, LATER)

    def _tensor(self, array: Array) -> Any:
        import torch

        return torch.from_numpy(array.copy()).to(self.device)

    def _follow(self, case: Case, rng: np.random.Generator, theta: Any, state: Any, steps: tuple[int, ...]) -> None:
        """Let the kernel take its steps, and compare each with the others from the same starting point."""
        start = {self.spec.param.name: theta.clone(), **{name: tensor.clone() for name, tensor in state.items()}}
        for position, t in enumerate(steps):
            _bring_back({self.spec.param.name: theta, **state}, start)
            grad = gradients(rng, case.size, position)
            series = {self.spec.param.name: theta.cpu().numpy().copy(), self.spec.grad.name: grad}
            series |= {name: tensor.cpu().numpy().copy() for name, tensor in state.items()}
            self.kernel.step_(theta, self._tensor(grad), state, t, **case.setting.arguments)
            after = {self.spec.param.name: theta, **state}
            self._compare(case, Inputs(series, t), {name: x.cpu().numpy() for name, x in after.items()}, rng)

    def _reference(self, inputs: Inputs, dtype: type, arguments: dict[str, Any]) -> dict[str, Array]:
        series = {name: array.astype(dtype) for name, array in inputs.series.items()}
        param, grad = self.spec.param.name, self.spec.grad.name
        state = {name: array for name, array in series.items() if name not in (param, grad)}
        theta, state = self.reference.step(series[param], series[grad], state, inputs.t, **arguments)
        return {param: theta, **state}

    def _compare(self, case: Case, inputs: Inputs, kernel: dict[str, Array], rng: np.random.Generator) -> None:
        setting = case.setting
        single = self._reference(inputs, np.float32, setting.arguments)
        double = self._reference(inputs, np.float64, setting.arguments)
        program, lowered = self.unit.program, self.unit.schedule.program
        bound64 = self._bounds(program, FLOAT64, inputs, setting)
        bound32 = self._bounds(program, FLOAT32, inputs, setting)
        bound_kernel = self._bounds(lowered, self.rounding, inputs, setting)
        place = Place(self.spec.name, str(setting), case.size, inputs.t)
        everywhere = np.arange(case.size)
        for name, expected in double.items():
            self.single.compare(place, name, single[name], expected, bound32[name] + bound64[name], everywhere)
            self.kernel_all.compare(place, name, kernel[name], expected, bound_kernel[name] + bound64[name], everywhere)
        chosen = self._sample(case.size, rng)
        if not chosen.size:
            return
        before = {name: array[chosen].tolist() for name, array in inputs.series.items()}
        for name, numbers in Oracle(self.spec, setting.hyper, setting.flags, inputs.t).step(before).items():
            self.double.compare_exact(place, name, double[name][chosen], numbers, bound64[name][chosen], chosen)
            self.single_exact.compare_exact(place, name, single[name][chosen], numbers, bound32[name][chosen], chosen)
            self.kernel_exact.compare_exact(
                place, name, kernel[name][chosen], numbers, bound_kernel[name][chosen], chosen
            )

    def _sample(self, size: int, rng: np.random.Generator) -> Array:
        """Elements for the oracle: a few, or, where elements depend on each other, all of a small tensor or none."""
        if self.coupled:
            return np.arange(size if size <= SMALL else 0)
        return np.sort(rng.choice(size, min(size, SAMPLE), replace=False))

    def _bounds(self, program: Program, precision: Precision, inputs: Inputs, setting: Setting) -> dict[str, Array]:
        values: dict[str, Any] = {"t": inputs.t, **setting.hyper}
        for i in program.inputs:
            if i.series in inputs.series:
                values[i.name] = inputs.series[i.series].astype(np.float64)
            elif i.role is Role.SIZE:
                values[i.name] = len(inputs.series[self.spec.param.name])
        return bounds(program, precision, values, setting.flags)
