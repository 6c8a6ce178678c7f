"""Verify one optimizer: the equations, the reference and the kernel on the same inputs, step by step."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.driver import unit_of
from optgen.spec.model import Spec, SpecKind

from .arrays import added, bring_back, converted
from .cases import SILENT, SMALL, Case, cases
from .compare import EXACT, STORED, Place, Tally
from .coverage import hollow, untaken
from .generated import GeneratedCodeError, load
from .inputs import Make, gradients, landmarks, parameters, telling
from .layout import reach
from .limits import Limits
from .noise import exact as exact_draw
from .oracle import Oracle
from .precision import CUDA, INTERPRETED
from .report import Report
from .schedules import verify_schedule
from .settings import settings
from .ways import Kernel, Reference

Array = NDArray[Any]

SAMPLE = 7
"""Elements that the exact equations look at where elements do not depend on each other."""

PATIENCE = 4
"""Runs with misses after which the others are not made: they would say the same."""


def verify_spec(
    spec: Spec,
    folder: Path,
    out: Path,
    device: str = "cpu",
    *,
    seed: int = 0,
    patience: int = PATIENCE,
    on_case: Callable[[str], None] | None = None,
) -> Report:
    """Run every case of one optimizer.

    Args:
        spec: As captured.
        folder: Folder of its spec.
        out: Folder of the generated code.
        device: "cpu" (Triton's interpreter, which has to be enabled before Triton is imported) or "cuda".
        seed: Chooses other random numbers.
        patience: Runs with misses after which the others are not made.
        on_case: Told what each run is about, before it is made.
    """
    if spec.kind is SpecKind.SCHEDULE:
        return verify_schedule(spec, folder, out, on_case)
    started = time.perf_counter()
    error, bad, stopped = "", 0, False
    tallies: tuple[Tally, ...] = ()
    empty: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    try:
        verification = _Verification(spec, folder, out, device, seed)
        tallies = verification.tallies
        for case in verification.cases:
            if on_case:
                on_case(str(case))
            with np.errstate(all="ignore"):  # overflow is among what is compared
                bad += verification.run(case)
            if bad >= patience:
                stopped = True
                break
        else:
            empty, missed = verification.hollow(), verification.untaken()
    except GeneratedCodeError as found:
        error = str(found)
    checks = tuple(tally.check() for tally in tallies if tally.comparisons or not (error or stopped))
    misses = tuple(miss for tally in tallies for miss in tally.misses)
    return Report(spec.name, checks, misses, empty, error, stopped, time.perf_counter() - started, missed)


class _Verification:
    """The three ways to compute one optimizer's update, and the tallies of their comparisons."""

    def __init__(self, spec: Spec, folder: Path, out: Path, device: str, seed: int) -> None:
        self.spec, self.seed = spec, seed
        unit = unit_of(spec, folder)
        self.program = unit.program
        reference, kernel = load(out, spec.name, "reference", "kernel")
        self.reference = Reference(spec, unit.program, reference, out)
        self.kernel = Kernel(spec, unit.batch.program, kernel, out, device)
        self.cases = cases(spec, self.kernel.block)
        self.oracle, self.coupled = Oracle(spec), bool(reach(spec))
        self.limits = Limits(unit, self.kernel, INTERPRETED if device == "cpu" else CUDA)
        self.at = unit.program.at
        exact, double = "equations, 50 digits", "reference float64"
        name = "kernel float32" if device == "cpu" else f"kernel float32 on {device}"
        self.double = Tally("reference float64", exact)
        self.single_exact = Tally("reference float32", exact)
        self.single = Tally("reference float32", double)
        self.half = Tally("reference float16", double)
        self.kernel_exact = Tally(name, exact)
        self.kernel_all = Tally(name, double)
        self.initial = [Tally(target, "initial state", EXACT) for target in (double, "reference float32", name)]
        self.low = Tally(name.replace("float32", "16 bit"), double, STORED)
        kernel_tallies = (self.kernel_exact, self.kernel_all, self.low)
        states = self.initial if spec.states else []
        self.tallies = (self.double, self.single_exact, self.single, self.half, *kernel_tallies, *states)

    def run(self, case: Case) -> bool:
        """Let the kernel take the steps of a case, comparing each with the other ways from the same starting point.

        Returns:
            Whether anything missed.
        """
        before = sum(tally.missed for tally in self.tallies)
        rng = np.random.default_rng([zlib.crc32(self.spec.name.encode()), self.seed, case.number])
        start, data = self._start(case, rng)
        tensors = self.kernel.tensors(start, case)
        for t in case.steps:
            series = tensors.values(*self.kernel.data)
            bring_back(series, start, self.kernel.rates)
            if case.make is not Make.STEADY:
                data = self._data(case, rng, Make.ZERO_GRADIENT if t == SILENT else case.make)
            tensors.fill({**series, **data})
            series = tensors.values()
            kernel = self.kernel.step(tensors, t, case)
            if not case.size:
                self.reference.step(series, t, case)  # that nothing raises is all there is to see
            elif case.dtype == "float32":
                self._compare(case, series, t, kernel, rng)
            else:
                self._compare_low(case, series, t, kernel)
                if case.dtype == "float16":
                    self._compare_half(case, series, t)
        return sum(tally.missed for tally in self.tallies) > before

    def hollow(self) -> tuple[str, ...]:
        """What has hardly been compared with the defaults; float16 may be too short for them."""
        tallies = (self.double, self.single_exact, self.single, self.kernel_exact, self.kernel_all)
        return hollow(tallies, {str(s) for s in settings(self.spec) if s.name == "defaults"})

    def untaken(self) -> tuple[str, ...]:
        """Choices of which one arm was never looked at."""
        return untaken(self.oracle.arms, self.program)

    def _start(self, case: Case, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Array]]:
        """Parameter and states before the first step of a case, and what the step before it was fed, in float32."""
        name, marks = self.spec.param.name, self._marks(case)
        theta = parameters(rng, case.size, marks)
        state = self._initial(case, theta)
        double = converted({name: theta, **state}, np.float64, self.kernel.numbers)
        for t in range(1, case.warm_up + 1):
            if t == 1 or case.make is not Make.STEADY:
                double |= converted(self._data(case, rng, Make.RANDOM), np.float64)
            double |= self.reference.step(double, t, case)
            if case.make is Make.STEADY:  # nor does the parameter move, on which a decay in the gradient depends
                double[name] = theta.astype(np.float64)
        start = converted({k: double[k] for k in (name, *state)}, np.float32, self.kernel.numbers)
        if case.make not in (Make.RANDOM, Make.STEADY):
            start[name] = parameters(rng, case.size, marks, case.make)
        return start, {data: double[data].astype(np.float32) for data in self.kernel.data if case.warm_up}

    def _data(self, case: Case, rng: np.random.Generator, make: Make) -> dict[str, Array]:
        """Gradient and further inputs of a step, in float32."""
        marks = self._marks(case)
        return {name: gradients(rng, case.size, marks, make) for name in self.kernel.data}

    def _marks(self, case: Case) -> Array:
        """Numbers at which conditions of the equations may change."""
        hyper, flags = case.setting.hyper, case.setting.flags
        return landmarks([*hyper.values(), *self.oracle.thresholds(hyper, flags)])

    def _initial(self, case: Case, theta: Array) -> dict[str, Array]:
        """The states that a run begins with, those of the kernel, compared with what the spec declares."""
        ways = (
            self.reference.initial(theta.astype(np.float64), case),
            self.reference.initial(theta, case),
            self.kernel.initial(theta, case),
        )
        if case.size > SMALL:
            return ways[-1]  # the same numbers over and over
        place = Place(self.spec.name, case.about, case.size, 0)
        given = (theta, theta, self.kernel.rounded(theta, case))
        layout = self.kernel.layout(case)
        for tally, states, analysis, start in zip(self.initial, ways, self.limits.initial, given, strict=True):
            exact = self.oracle.initial(start.tolist() or [0.0], case.setting.hyper, case.setting.flags)
            bound = self.limits.of(analysis, {self.spec.param.name: start}, 0, case)
            for name, got in states.items():
                numbers = np.array([float(x) for x in exact[name]], np.float64)
                rate = self.kernel.rate(name)
                places, first = np.unique(layout.owners(rate), return_index=True)
                if layout.is_number(rate):  # is there even where no element is
                    places, first = np.zeros(1, np.int64), np.zeros(1, np.int64)
                own = numbers[first].astype(got.dtype).astype(np.float64)
                tally.compare(place, name, np.atleast_1d(got)[places], own, np.atleast_1d(bound[name])[places])
        return ways[-1]

    def _compare(
        self, case: Case, series: dict[str, Array], t: int, kernel: dict[str, Array], rng: np.random.Generator
    ) -> None:
        setting = case.setting
        double = self.reference.step(self._converted(series, np.float64), t, case)
        single = self.reference.step(series, t, case)
        bound64 = self.limits.of(self.limits.double, series, t, case)
        bound32 = added(self.limits.of(self.limits.single, series, t, case), bound64)
        bound_kernel = added(self.limits.of(self.limits.kernel, series, t, case), bound64)
        place = Place(self.spec.name, case.about, case.size, t)
        kept = setting.name == "defaults" and case.make is not Make.ODD
        for name, expected in double.items():
            self.single.compare(place, name, single[name], expected, bound32[name], kept=kept)
            self.kernel_all.compare(place, name, kernel[name], expected, bound_kernel[name], kept=kept)
        chosen = self._chosen(case, series, rng)
        if not chosen.size:
            return
        layout = self.kernel.layout(case)
        owners = {name: layout.owners(self.kernel.rate(name))[chosen] for name in {*series, *double}}
        before = {name: np.atleast_1d(array)[owners[name]].tolist() for name, array in series.items()}
        noise = {draw: self._exact_draws(draw, chosen, t, case) for draw in self.limits.draws}
        exact = self.oracle.step(before, setting.hyper, setting.flags, t, noise, layout if self.coupled else None)
        for name, numbers in exact.items():
            places, first = np.unique(owners[name], return_index=True)  # one that some share is looked at once
            for tally, got, bound in (
                (self.double, double, bound64),
                (self.single_exact, single, bound32),
                (self.kernel_exact, kernel, bound_kernel),
            ):
                found, allowed = np.atleast_1d(got[name])[places], np.atleast_1d(bound[name])[places]
                tally.compare_exact(place, name, found, [numbers[i] for i in first], allowed, places)

    def _exact_draws(self, draw: Any, chosen: Array, t: int, case: Case) -> list[Any]:
        """What a draw gives for some elements, with many digits."""
        layout, noise = self.kernel.layout(case), self.kernel.noise(case)
        return [
            exact_draw(draw, [int(layout.places[i])], noise["seed"], t, noise["tensor"] + int(layout.tensors[i]))[0]
            for i in chosen
        ]

    def _converted(self, series: Mapping[str, Array], dtype: Any) -> dict[str, Array]:
        return converted(series, dtype, self.kernel.numbers)

    def _compare_low(self, case: Case, series: dict[str, Array], t: int, kernel: dict[str, Array]) -> None:
        """Compare a kernel whose parameter and gradient are of 16 bits, and its arithmetic float32."""
        expected = self.reference.step(self._converted(series, np.float64), t, case)
        bound64 = self.limits.of(self.limits.double, series, t, case)
        bound = added(self.limits.of(self.limits.kernel, series, t, case), bound64)
        place = Place(self.spec.name, case.about, case.size, t)
        for name, numbers in expected.items():
            dtype = case.dtype if name in (self.spec.param.name, self.at) else str(kernel[name].dtype)
            self.low.compare(place, name, kernel[name], numbers, bound[name], dtype)

    def _compare_half(self, case: Case, series: dict[str, Array], t: int) -> None:
        """Compare a reference that computes in float16; what may leave its range there counts as not finite."""
        series = self._converted(series, np.float16)
        half = self.reference.step(series, t, case)
        double = self._converted(series, np.float64)
        expected = self.reference.step(double, t, case)
        bound64 = self.limits.of(self.limits.double, double, t, case)
        bound16 = added(self.limits.of(self.limits.half, double, t, case), bound64)
        place = Place(self.spec.name, case.about, case.size, t)
        for name, numbers in expected.items():
            self.half.compare(place, name, half[name], numbers, bound16[name])

    def _chosen(self, case: Case, series: dict[str, Array], rng: np.random.Generator) -> Array:
        """Elements for the exact equations: a few, or, where elements depend on each other, a small tensor or none."""
        if self.coupled or case.make is Make.ODD:
            return np.arange(case.size if case.size <= SMALL else 0)
        return telling(rng, series[self.spec.grad.name], series[self.spec.param.name], min(case.size, SAMPLE))
