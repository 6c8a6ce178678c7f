"""Optimizers of parameters that two processes share make the steps of one process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from beside import CLASSES, NAMES
from cases import FEW, IN_DDP, IN_FSDP, NOISY, ODD, REFUSED, SHARDED, WAYS, WIDE, odd_class
from contract_ranks import with_ddp, with_fully_shard
from generated_code import Code
from ranks import Found, alone, class_of

Results = Callable[..., list[Found]]

ROUNDING = {torch.float32: 2e-6, torch.float64: 1e-12, torch.bfloat16: 1e-2}
"""How far sums that are added up in another order move numbers in some steps, in units of the largest one."""


def alike(found: list[Found], wanted: Found, *, exactly: bool, rounding: float = ROUNDING[torch.float32]) -> None:
    """Assert that all processes have the same bits, and those, or nearly those, of one process."""
    for other in found[1:]:
        assert other.keys() == found[0].keys()
        for name, value in found[0].items():
            assert torch.equal(value, other[name]), f"{name} is not the same in all processes"
    assert found[0].keys() == wanted.keys()
    for name, value in found[0].items():
        assert value.dtype == wanted[name].dtype
        if exactly:
            assert torch.equal(value, wanted[name]), f"{name} differs"
        else:
            largest = float(wanted[name].abs().max())
            torch.testing.assert_close(value, wanted[name], rtol=0, atol=rounding * largest, msg=f"{name} differs")


def test_every_optimizer_is_run_sharded_or_refused() -> None:
    assert sorted([*SHARDED, *REFUSED]) == NAMES
    assert all(CLASSES[name].by_lines for name in REFUSED)
    assert {name for name in SHARDED if CLASSES[name].reduces} == {
        "LAMB", "LARS", "LarsNormalized", "MARS", "NovoGrad", "Prodigy", "Ralamb", "RangerLARS", "StableAdamW",
    }  # fmt: skip


@pytest.mark.parametrize("name", SHARDED)
def test_shards_make_the_steps_of_whole_parameters(in_two: Results, name: str) -> None:
    alike(in_two("sharded", name), alone(name), exactly=not CLASSES[name].reduces)


@pytest.mark.parametrize(("name", "dtype"), WIDE, ids=str)
def test_so_they_do_in_other_dtypes(in_two: Results, name: str, dtype: torch.dtype) -> None:
    found, exactly = in_two("sharded", name, str(dtype)), not CLASSES[name].reduces
    alike(found, alone(name, dtype), exactly=exactly, rounding=ROUNDING[dtype])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FEW)
def test_placements_and_meshes_do_not_matter(in_two: Results, name: str, way: str) -> None:
    alike(in_two(way, name), alone(name), exactly=not CLASSES[name].reduces)


@pytest.mark.parametrize("name", NOISY)
def test_random_numbers_are_those_of_the_whole(in_two: Results, name: str) -> None:
    alike(in_two("mixed", name), alone(name), exactly=True)


@pytest.mark.parametrize("name", ["AdamW", "LAMB", "Prodigy"])
def test_parameters_may_be_shared_along_two_dimensions_of_a_mesh(in_four: Results, name: str) -> None:
    alike(in_four("grid", name), alone(name), exactly=not CLASSES[name].reduces)


@pytest.mark.parametrize("name", ODD)
def test_odd_optimizers_join_sums_of_all_kinds(in_two: Results, odd_shards: Code, name: str) -> None:
    cls = odd_class(odd_shards, name)
    alike(in_two("odd", name), alone(cls), exactly=not class_of(cls).reduces)


@pytest.mark.parametrize("way", WAYS)
def test_gradients_are_clipped_by_the_norm_of_all(in_two: Results, spanning: Code, way: str) -> None:
    alike(in_two("clipped", way), alone(odd_class(spanning, "clipped_adamw")), exactly=False)


@pytest.mark.parametrize("name", IN_FSDP)
def test_training_with_fully_shard_is_that_of_one_process(in_two: Results, name: str) -> None:
    alike(in_two("fully_shard", name), with_fully_shard(name, False), exactly=name in ("AdamW", "Nesterov"))


@pytest.mark.parametrize("name", IN_DDP)
def test_training_with_ddp_is_that_of_one_process(in_two: Results, name: str) -> None:
    alike(in_two("ddp", name), with_ddp(name, False), exactly=False, rounding=1e-9)
