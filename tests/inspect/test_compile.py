"""Every shipped kernel, compiled for an H100-class GPU without one."""

from __future__ import annotations

import importlib
from itertools import product
from pathlib import Path

import pytest

import optgen.specs
from optgen.check import load_checked
from optgen.driver import unit_of
from optgen.inspect.compile import Kernel, inspect
from optgen.spec.model import Spec
from optgen.targets.base import Unit

FOLDER = Path(optgen.specs.__path__[0])
SPECS = load_checked(FOLDER)
VECTOR = 16
"""Bytes of a v4 access of float32."""
ACCESSES = 1024 // (4 * 32 * 4)
"""A block of 1024 by 4 warps in vectors of 4: accesses a thread makes to each tensor."""


def _flags(spec: Spec) -> list[dict[str, bool]]:
    names = [f.name for f in spec.flags]
    return [dict(zip(names, values, strict=True)) for values in product((False, True), repeat=len(names))]


CASES = [pytest.param(spec, flags, id=f"{spec.name}-{''.join('01'[v] for v in flags.values())}")
         for spec in SPECS for flags in _flags(spec)]


def _compiled(unit: Unit, flags: dict[str, bool]) -> list[Kernel]:
    module = importlib.import_module(f"optgen.generated.{unit.spec.name}.kernel")
    return inspect(unit, module, "sm_90", flags)


@pytest.mark.parametrize(("spec", "flags"), CASES)
def test_accesses_are_wide_and_nothing_spills(spec: Spec, flags: dict[str, bool]) -> None:
    unit = unit_of(spec, FOLDER)
    phases = [k for k in _compiled(unit, flags) if k.name.endswith("_kernel")]
    assert len(phases) == len(unit.schedule.phases)
    for kernel, phase in zip(phases, unit.schedule.phases, strict=True):
        assert kernel.stack == 0
        assert kernel.local == 0
        assert kernel.registers is not None
        assert kernel.registers <= 64
        assert bool(kernel.barriers) == bool(phase.reductions), "a barrier outside a reduction"
        here = [a for a in phase.loads if all(flags[f] is v for f, v in a.guard)]
        there = [a for a in phase.stores if all(flags[f] is v for f, v in a.guard)]
        # Each access stands in two branches: whole blocks, and the last one.
        assert kernel.loads[VECTOR] == 2 * ACCESSES * len(here)
        assert kernel.stores.get(VECTOR, 0) == 2 * ACCESSES * len(there)
        scalars = sum(count for width, count in kernel.loads.items() if width != VECTOR)
        assert scalars <= 2 * _tensor_values(unit), "an element load that is not a vector"
        assert sum(n for width, n in kernel.stores.items() if width != VECTOR) <= 2 * len(phase.reductions)


def _tensor_values(unit: Unit) -> int:
    return sum(len(phase.finish) + len(phase.reductions) for phase in unit.schedule.phases)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_an_odd_size_keeps_whole_blocks_wide(spec: Spec) -> None:
    """Without a hint on the size, the branch of whole blocks still has vectors: only the tail goes by elements."""
    unit = unit_of(spec, FOLDER)
    module = importlib.import_module(f"optgen.generated.{spec.name}.kernel")
    flags = {f.name: f.default for f in spec.flags}
    for kernel in inspect(unit, module, "sm_90", flags, size_hint=False):
        if kernel.name.endswith("_kernel"):
            assert kernel.loads[VECTOR] >= ACCESSES
            assert kernel.local == 0


@pytest.mark.parametrize("arch", ["sm_80", "sm_100", "gfx942"])
def test_other_architectures_compile(arch: str) -> None:
    unit = unit_of(next(s for s in SPECS if s.name == "lamb"), FOLDER)
    module = importlib.import_module("optgen.generated.lamb.kernel")
    for kernel in inspect(unit, module, arch, {}):
        if kernel.name.endswith("_kernel"):
            assert max(kernel.loads) == VECTOR
        assert not kernel.local
