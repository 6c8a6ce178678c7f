"""Verify one optimizer: the equations and every way to compute them on the same inputs, step by step."""

from __future__ import annotations

import time
import warnings
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.driver import unit_of
from optgen.spec.model import Spec, SpecKind

from .arrays import bring_back, converted
from .cases import SILENT, SMALL, Case, cases
from .compare import Place, Tally
from .coverage import hollow, untaken
from .draws import Draws
from .generated import GeneratedCodeError, load
from .in_place import Kernel
from .inputs import Make, gradients, landmarks, parameters, telling
from .layout import reach
from .oracle import Oracle
from .report import Report
from .schedules import verify_schedule
from .settings import settings
from .subjects import MODULES, Subject, subjects
from .truth import Judge, Truth
from .ways import Reference

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
            with np.errstate(all="ignore"), warnings.catch_warnings():  # overflow and NaN are among what is compared
                warnings.simplefilter("ignore", RuntimeWarning)
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
    """The ways to compute one optimizer's update, and their runs from the same starting points."""

    def __init__(self, spec: Spec, folder: Path, out: Path, device: str, seed: int) -> None:
        self.spec, self.seed = spec, seed
        unit = unit_of(spec, folder)
        self.program = unit.program
        self.draws = Draws(spec, unit.program)
        self.subjects = subjects(unit, load(out, spec.name, *MODULES[device]), out, device, self.draws)
        (self.kernel,) = {s.way for s in self.subjects if isinstance(s.way, Kernel)}
        assert isinstance(self.subjects[0].way, Reference)
        self.reference = self.subjects[0].way
        self.cases = cases(spec, self.kernel.block)
        self.coupled, self.oracle = bool(reach(spec)), Oracle(spec)
        self.judge = Judge(self.reference, self.subjects[0].limits, self.oracle, self.draws, self.coupled)
        self.stepped = [tally for s in self.subjects for tally in (s.exact, s.near) if tally]
        initial = {s.initial.target: s.initial for s in self.subjects if s.initial and spec.states}
        self.tallies = (*self.stepped, *initial.values())

    def run(self, case: Case) -> bool:
        """Take the steps of a case, each by every way from where the kernel is, and compare what they give.

        Returns:
            Whether anything missed.
        """
        before = sum(tally.missed for tally in self.tallies)
        rng = np.random.default_rng([zlib.crc32(self.spec.name.encode()), self.seed, case.number])
        taking = [subject for subject in self.subjects if subject.takes(case)]
        start, data = self._start(case, rng, taking)
        runs = [(subject, subject.way.begin(start, case)) for subject in taking]
        (lead,) = [run for subject, run in runs if subject.way is self.kernel]
        series = start
        for t in case.steps:
            bring_back(series, start, self.kernel.rates)
            if case.make is not Make.STEADY:
                data = self._data(case, rng, Make.ZERO_GRADIENT if t == SILENT else case.make)
            held = lead.hold({**series, **data})
            found = [(subject, run.hold(held), run.step(t)) for subject, run in runs]
            if case.size:
                self._compare(case, t, held, found, rng)
            (after,) = [after for subject, _, after in found if subject.way is self.kernel]
            series = {name: after[name] for name in start}
        return sum(tally.missed for tally in self.tallies) > before

    def hollow(self) -> tuple[str, ...]:
        """What has hardly been compared with the defaults."""
        return hollow(self.stepped, {str(s) for s in settings(self.spec) if s.name == "defaults"})

    def untaken(self) -> tuple[str, ...]:
        """Choices of which one arm was never looked at."""
        return untaken(self.oracle.arms, self.program)

    def _start(
        self, case: Case, rng: np.random.Generator, taking: Sequence[Subject]
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """Parameter and states before the first step of a case, and what the step before it was fed, in float32."""
        name, marks = self.spec.param.name, self._marks(case)
        theta = parameters(rng, case.size, marks)
        state = self._initial(case, theta, taking)
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

    def _initial(self, case: Case, theta: Array, taking: Sequence[Subject]) -> dict[str, Array]:
        """The states that a run begins with, those of the kernel, compared with what the spec declares."""
        begun: dict[str, Array] = {}
        for subject in taking:
            states = subject.way.initial(theta, case)
            if subject.way is self.kernel:
                begun = states
            if subject.initial is not None and case.size <= SMALL:  # else the same numbers over and over
                self._compare_initial(case, theta, subject, states)
        return begun

    def _compare_initial(self, case: Case, theta: Array, subject: Subject, states: dict[str, Array]) -> None:
        way, layout = subject.way, subject.way.layout(case)
        given = way.held(theta, case)
        exact = self.oracle.initial(given.tolist() or [0.0], case.setting.hyper, case.setting.flags)
        bound = subject.limits.of_initial(given, case)
        for name, got in states.items():
            numbers = np.array([float(x) for x in exact[name]], np.float64)
            rate = way.rate(name)
            places, first = np.unique(layout.owners(rate), return_index=True)
            if layout.is_number(rate):  # is there even where no element is
                places, first = np.zeros(1, np.int64), np.zeros(1, np.int64)
            own = numbers[first].astype(got.dtype).astype(np.float64)
            place = Place(self.spec.name, case.about, case.size, 0)
            assert subject.initial is not None
            subject.initial.compare(place, name, np.atleast_1d(got)[places], own, np.atleast_1d(bound[name])[places])

    def _compare(
        self,
        case: Case,
        t: int,
        held: dict[str, Array],
        found: Sequence[tuple[Subject, dict[str, Array], dict[str, Array]]],
        rng: np.random.Generator,
    ) -> None:
        """Compare what every way gives for a step with what it should give."""
        place = Place(self.spec.name, case.about, case.size, t)
        truth = Truth(self.judge, case, t, held, self._chosen(case, held, rng))
        for subject, own, after in found:
            if subject.way is self.reference:
                truth.double = after
            right = Truth(self.judge, case, t, own, np.arange(0)) if subject.shortens else truth
            subject.compare(place, case, after, right)

    def _chosen(self, case: Case, series: dict[str, Array], rng: np.random.Generator) -> Array:
        """Elements for the exact equations: a few, or, where elements depend on each other, a small tensor or none."""
        if self.coupled or case.make is Make.ODD:
            return np.arange(case.size if case.size <= SMALL else 0)
        return telling(rng, series[self.spec.grad.name], series[self.spec.param.name], min(case.size, SAMPLE))
