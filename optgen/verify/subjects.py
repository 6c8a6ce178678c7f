"""What is verified: each way to compute an update in each precision, with its limits, its runs and its tallies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optgen.passes.guards import guard_values
from optgen.targets.base import Unit

from .arrays import added
from .cases import LOW, Case, few_flags
from .compare import EXACT, STORED, Place, Tally
from .draws import Draws
from .in_place import Fused, InPlace, Kernel
from .inputs import Make
from .limits import Limits
from .precision import (
    COMPILED_DOUBLE,
    COMPILED_SINGLE,
    CUDA,
    DOUBLE,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    INTERPRETED,
    Precision,
)
from .truth import Truth
from .ways import Reference

Array = NDArray[Any]

EQUATIONS, REFERENCE, INITIAL = "equations, 50 digits", "reference float64", "initial state"
"""What is compared with."""

MODULES = {"cpu": ("reference", "kernel", "cpu"), "cuda": ("reference", "kernel")}
"""The generated modules that are verified on each device."""


@dataclass(frozen=True)
class Subject:
    """A way in one precision, and its comparisons.

    Attributes:
        way: How it computes.
        limits: How far rounding may carry it.
        takes: Whether it runs a case.
        exact: Its comparisons with the exact equations, if there are any.
        near: Its comparisons with the reference in float64, if there are any.
        initial: Those of the states before the first step.
        shortens: Whether it holds numbers in fewer digits than the others are given.
    """

    way: Reference | InPlace
    limits: Limits
    takes: Callable[[Case], bool]
    exact: Tally | None = None
    near: Tally | None = None
    initial: Tally | None = None
    shortens: bool = False

    def compare(self, place: Place, case: Case, after: dict[str, Array], truth: Truth) -> None:
        """Compare what is behind a step with the reference in float64, and with the exact equations."""
        if self.near is None and not (self.exact and truth.elements.size):
            return
        own = self.limits.of_step(truth.series, truth.t, case)
        both = added(own, truth.bound)
        if self.near is not None:
            kept = case.setting.name == "defaults" and case.make is not Make.ODD
            for name, expected in truth.double.items():
                dtype = self._stored(name, case, after[name])
                self.near.compare(place, name, after[name], expected, both[name], dtype, kept=kept)
        if self.exact is not None:  # in float64 the analysis knows values as well as the way does
            bound = own if self.limits.precision.element == DOUBLE else both
            for name, (places, numbers) in truth.exact.items():
                found, allowed = np.atleast_1d(after[name])[places], np.atleast_1d(bound[name])[places]
                self.exact.compare_exact(place, name, found, numbers, allowed, places)

    def _stored(self, name: str, case: Case, got: Array) -> str:
        """The dtype in which a result was left."""
        if isinstance(self.way, InPlace) and name in (self.way.param, self.way.at):
            return self.way.dtypes(case)[self.way.param]
        return str(got.dtype)


def subjects(unit: Unit, modules: Sequence[ModuleType], out: Path, device: str, draws: Draws) -> list[Subject]:
    """Everything that is verified of an optimizer, the reference in float64 first."""
    reference, kernel, *fused = modules
    found = [*_references(unit, reference, out, draws), *_kernels(unit, kernel, out, device, draws)]
    for module in fused:
        found += _fused(unit, module, out, draws)
    return found


def _references(unit: Unit, module: ModuleType, out: Path, draws: Draws) -> Iterator[Subject]:
    program = guard_values(unit.program)  # a value may be made of states that flags switch off

    def made(dtype: str, precision: Precision, **more: Any) -> Subject:
        way = Reference(unit.spec, unit.program, draws, module, out, dtype)
        return Subject(way, Limits(unit, program, precision, draws), **more)

    yield made(
        "float64",
        FLOAT64,
        takes=_is_single,
        exact=Tally("reference float64", EQUATIONS),
        initial=Tally("reference float64", INITIAL, EXACT),
    )
    yield made(
        "float32",
        FLOAT32,
        takes=_is_single,
        exact=Tally("reference float32", EQUATIONS),
        near=Tally("reference float32", REFERENCE),
        initial=Tally("reference float32", INITIAL, EXACT),
    )
    near = Tally("reference float16", REFERENCE)
    yield made("float16", FLOAT16, takes=lambda case: case.dtype == "float16", near=near, shortens=True)


def _kernels(unit: Unit, module: ModuleType, out: Path, device: str, draws: Draws) -> Iterator[Subject]:
    way = Kernel(unit.spec, unit.batch.program, draws, module, out, device)
    on = "" if device == "cpu" else f" on {device}"
    limits = Limits(unit, unit.batch.program, INTERPRETED if device == "cpu" else CUDA, draws)
    single = _in_place(way, limits, f"kernel float32{on}", _is_single)
    low = Tally(f"kernel 16 bit{on}", REFERENCE, STORED, flushes=True)  # the interpreter has no subnormal bfloat16
    yield from (single, Subject(way, limits, _is_low, near=low, initial=single.initial))


def _fused(unit: Unit, module: ModuleType, out: Path, draws: Draws) -> Iterator[Subject]:
    """The CPU path; each combination of dtypes and flags is compiled, so that only float32 has all of them."""
    few = few_flags(unit.spec)

    def made(dtype: str, precision: Precision) -> tuple[Fused, Limits]:
        way = Fused(unit.spec, unit.batch.program, draws, module, out, dtype)
        return way, Limits(unit, unit.batch.program, precision, draws)

    single, double = made("float32", COMPILED_SINGLE), made("float64", COMPILED_DOUBLE)
    first = _in_place(*single, "cpu float32", _is_single)
    yield first
    yield _in_place(*double, "cpu float64", lambda case: _is_single(case) and case.setting.chosen in few)
    flags = dict(zip(reversed(LOW), few, strict=False))  # bfloat16 with the second choice, where there is one
    low = Tally("cpu 16 bit", REFERENCE, STORED)
    yield Subject(
        *single,
        lambda case: _is_low(case) and case.setting.chosen == flags.get(case.dtype),
        near=low,
        initial=first.initial,
    )


def _in_place(way: InPlace, limits: Limits, name: str, takes: Callable[[Case], bool]) -> Subject:
    """A way in the precision of its arithmetic, compared with everything."""
    exact, near, initial = Tally(name, EQUATIONS), Tally(name, REFERENCE), Tally(name, INITIAL, EXACT)
    return Subject(way, limits, takes, exact, near, initial)


def _is_single(case: Case) -> bool:
    return case.dtype == "float32"


def _is_low(case: Case) -> bool:
    return case.dtype in LOW
