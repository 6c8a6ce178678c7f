"""The runs: every combination of flags in whole and ragged blocks, first steps, later steps, ends of domains."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from optgen.generated._runtime.batch import BLOCKS
from optgen.spec.load import load
from optgen.spec.model import Spec
from optgen.verify.cases import FIRST, LOW, SHORT, SMALL, Case, cases
from optgen.verify.inputs import Make
from optgen.verify.layout import FORMS, in_lines, reach

FOLDER = Path(__file__).parent / "odd_specs"
SPECS = {spec.name: spec for spec in load(FOLDER)[0]}
FLAGGED = SPECS["conditions"]


def runs(spec: Spec) -> list[Case]:
    return list(cases(spec, 1024))


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda s: s.name)
def test_every_combination_of_flags_meets_whole_and_ragged_blocks(spec: Spec) -> None:
    for values in product((False, True), repeat=len(spec.flags)):
        flags = dict(zip((f.name for f in spec.flags), values, strict=True))
        sizes = {case.size for case in runs(spec) if case.setting.flags == flags}
        assert SMALL in sizes
        assert max(sizes) > 2048
        assert max(sizes) % 1024


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda s: s.name)
def test_runs_are_numbered_and_not_too_many(spec: Spec) -> None:
    found = runs(spec)
    assert [case.number for case in found] == list(range(len(found)))
    assert sum(len(case.steps) for case in found) < 300


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda s: s.name)
def test_all_sizes_come_with_everything_as_it_is_by_default(spec: Spec) -> None:
    flags = {f.name: f.default for f in spec.flags}
    hyper = {h.name: float(h.default) for h in spec.hypers}
    usual = [case for case in runs(spec) if (case.setting.flags, case.setting.hyper) == (flags, hyper)]
    for steps in (FIRST[:1], SHORT[:1]):
        sizes = {case.size for case in usual if case.steps[0] == steps[0]}
        wanted = (0, 1, SMALL, 1023, 1024, 1025)
        assert set(wanted) <= sizes or in_lines(reach(spec))  # where matrices have about as many elements
        assert all(any(size // 2 - 1 <= found <= size for found in sizes) for size in wanted)
    assert max(case.size for case in usual) > 2048


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda s: s.name)
def test_there_are_more_blocks_than_a_block_is_wide_and_than_a_program_has(spec: Spec) -> None:
    many = [case for case in runs(spec) if case.block]
    assert all(case.size > 2 * case.block**2 or len(case.shapes) > 1 for case in many)
    assert max(case.size for case in many) > 2 * many[0].block ** 2
    assert max(case.size for case in many) > BLOCKS * many[0].block
    assert str(many[0]).endswith(" in blocks of 4")
    assert len({str(case.setting.flags) for case in many}) == 2 ** len(spec.flags)
    if in_lines(reach(spec)):
        assert len({case.shapes for case in many if len(case.steps) == 1}) == FORMS


def test_every_kind_of_input_and_every_dtype_comes() -> None:
    assert {case.make for spec in SPECS.values() for case in runs(spec)} == set(Make)
    assert {case.make for case in runs(FLAGGED)} >= set(Make) - {Make.LAST}
    assert {case.dtype for case in runs(FLAGGED)} == {"float32", *LOW}


def test_runs_begin_at_the_first_step_or_behind_the_warm_up() -> None:
    for case in runs(FLAGGED):
        assert list(case.steps) == sorted(set(case.steps))
        assert case.steps[0] == 1 or case.steps[0] > case.warm_up > 0
        assert (case.warm_up > 0) is (case.steps[0] > 1)
    assert FIRST in {case.steps for case in runs(FLAGGED)}


def test_steps_surround_a_hyper_parameter_that_t_may_be_compared_with() -> None:
    steps = {t for case in runs(FLAGGED) if case.setting.name == "defaults" for t in case.steps}
    assert {4, 5, 6} < steps  # warmup is 5
    high = next(case.setting.hyper["warmup"] for case in runs(FLAGGED) if case.setting.name == "high")
    assert {int(high), int(high) + 1} < {t for c in runs(FLAGGED) if c.setting.name == "high" for t in c.steps}


def test_each_end_of_a_domain_comes() -> None:
    values = {(name, value) for case in runs(FLAGGED) for name, value in case.setting.hyper.items()}
    assert {("lr", 0.0), ("beta", 0.0), ("warmup", 1.0)} < values
    assert ("delta", 0.0) not in values


def test_a_run_names_itself() -> None:
    case = next(c for c in runs(SPECS["extremes"]) if c.make is Make.ODD)
    assert str(case) == "middle: lr=0.13, nan, inf and subnormal numbers, 37 elements"
    case = next(c for c in runs(SPECS["extremes"]) if c.dtype == "float16")
    assert str(case) == "middle: lr=0.13, float16, 37 elements"
