"""Verify one schedule: its equations, its NumPy function, and torch's scheduler made of it."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from optgen.driver import unit_of
from optgen.spec.model import Spec
from optgen.targets.schedule import per_step

from .bounds import Analysis
from .compare import Place, Tally
from .generated import GeneratedCodeError, call, load
from .oracle import Oracle
from .precision import FLOAT64
from .report import Report
from .settings import Setting, edges, settings

_STEPS = (*range(1, 26), 99, 100, 101, 1000, 4001, 100_003)
"""Steps that are looked at, beside those near the numbers of a setting."""

_RUN = 12
"""Steps of a run with torch's scheduler, which is saved and resumed halfway."""


def verify_schedule(spec: Spec, folder: Path, out: Path, on_case: Callable[[str], None] | None = None) -> Report:
    """Run every setting of a schedule.

    Args:
        spec: As captured.
        folder: Folder of its spec.
        out: Folder of the generated code.
        on_case: Told what each run is about, before it is made.
    """
    started, error = time.perf_counter(), ""
    exact = Tally("reference float64", "equations, 50 digits")
    scheduler = Tally("torch scheduler", "reference float64")
    try:
        reference, classes = load(out, spec.name, "reference", "scheduler")
        analysis = Analysis(per_step(unit_of(spec, folder).program), FLOAT64)
        oracle = Oracle(spec)
        for setting in (*settings(spec), *edges(spec)):
            if on_case:
                on_case(str(setting))
            steps = _steps(setting)
            place = Place(spec.name, str(setting), len(steps), 0)
            found = call(out, str(setting), reference.factor, steps, **setting.arguments)
            _compare(exact, place, oracle, analysis, setting, steps, found)
            first = np.arange(1, _RUN + 1)
            wanted = call(out, str(setting), reference.factor, first, **setting.arguments)
            rates = call(out, str(setting), _run, getattr(classes, spec.class_name), setting)
            # NumPy's functions of arrays and of single numbers may differ in the last place.
            scheduler.compare(place, "lr", rates, wanted, _bound(analysis, setting, first))
    except GeneratedCodeError as problem:
        error = str(problem)
    tallies = (exact, scheduler)
    misses = tuple(miss for tally in tallies for miss in tally.misses)
    checks = tuple(tally.check() for tally in tallies if tally.comparisons or not error)
    return Report(spec.name, checks, misses, (), error, False, time.perf_counter() - started)


def _compare(
    tally: Tally, place: Place, oracle: Oracle, analysis: Analysis, setting: Setting, steps: Any, found: Any
) -> None:
    (name,) = (o.series for o in analysis.program.outputs)
    if not isinstance(found, np.ndarray) or found.dtype != np.float64 or found.shape != steps.shape:
        raise GeneratedCodeError(f"factor() gives no float64 array of the shape of t at {setting}")
    bound = _bound(analysis, setting, steps)
    numbers = [oracle.step({}, setting.hyper, setting.flags, int(t))[name][0] for t in steps]
    tally.compare_exact(place, name, found, numbers, bound, steps)


def _bound(analysis: Analysis, setting: Setting, steps: Any) -> Any:
    """What rounding explains, step by step."""
    (bound,) = analysis.bounds({"t": steps.astype(np.float64), **setting.hyper}, setting.flags).values()
    return np.broadcast_to(bound, steps.shape)


def _steps(setting: Setting) -> Any:
    """Steps to look at: the usual ones, and those around every number of the setting that could be one."""
    near = {math.floor(x) + offset for x in setting.hyper.values() if 1 <= x < 1e6 for offset in (-1, 0, 1, 2)}
    return np.array(sorted({*_STEPS, *(t for t in near if t >= 1)}), np.int64)


def _run(kind: Any, setting: Setting) -> Any:
    """Learning rates of a run that is saved and resumed halfway."""
    torch = importlib.import_module("torch")
    rates: list[float] = []

    def start() -> tuple[Any, Any]:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        return optimizer, kind(optimizer, **setting.arguments)

    optimizer, scheduler = start()
    for done in range(_RUN):
        if done == _RUN // 2:
            saved = optimizer.state_dict(), scheduler.state_dict()
            optimizer, scheduler = start()
            for part, state in zip((optimizer, scheduler), saved, strict=True):
                part.load_state_dict(state)
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(rates, np.float64)
