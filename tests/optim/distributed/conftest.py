"""Two processes that run all cases of this folder at once, and four for a grid of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.multiprocessing
from cases import ODD as ODD_SHARDS
from cases import ON_GRID, SHARDED, all_cases, odd_class
from generated_code import ODD, Code
from ranks import Found, alone, run

Results = Callable[..., list[Found]]
"""What each process gives for a case, which is told by its name and arguments."""


def started(world: int, folder: Path, cases: dict[Any, Any]) -> Results:
    """Run cases in some processes, in which kernels are interpreted."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TRITON_INTERPRET", "1")
        torch.multiprocessing.spawn(run, (world, folder, cases), nprocs=world)
    found = [torch.load(folder / f"found{rank}.pt") for rank in range(world)]

    def results(*case: Any) -> list[Found]:
        for of_rank in found:
            if "failed" in of_rank[case]:
                pytest.fail(of_rank[case]["failed"])
        return [of_rank[case] for of_rank in found]

    return results


@pytest.fixture(scope="session")
def odd_shards(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """Optimizers of specs that no one would ship."""
    return Code(ODD, tmp_path_factory.mktemp("odd_shards") / "odd_shards_code", ("numpy", "numba", "torch"))


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes save."""
    return tmp_path_factory.mktemp("checkpoints")


@pytest.fixture(scope="session")
def in_two(tmp_path_factory: pytest.TempPathFactory, odd_shards: Code, spanning: Code, checkpoints: Path) -> Results:
    """The cases of two processes; what they run has been compiled before, once."""
    for name in [*SHARDED, *(odd_class(odd_shards, odd) for odd in ODD_SHARDS)]:
        alone(name)
    cases = all_cases(odd_shards, spanning, checkpoints)
    return started(2, tmp_path_factory.mktemp("two"), cases)


@pytest.fixture(scope="session")
def in_four(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The cases of four processes."""
    return started(4, tmp_path_factory.mktemp("four"), dict(ON_GRID))
