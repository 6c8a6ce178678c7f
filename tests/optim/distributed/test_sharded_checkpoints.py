"""What processes save is loaded by as many, by others that share parameters otherwise, and by one alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from beside import CLASSES
from cases import SAVED
from checkpoint_ranks import resumed
from ranks import Found, whole_here
from test_sharded import alike

Results = Callable[..., list[Found]]

WAYS = ("resumed", "resumed by columns", "resumed from a whole", "resumed from one process", "handed over")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SAVED)
def test_training_goes_on_as_if_it_had_not_stopped(in_two: Results, name: str, way: str) -> None:
    exactly = way in ("resumed", "resumed from a whole", "handed over") or not CLASSES[name].reduces
    alike(in_two(way, name), in_two("saved", name)[0], exactly=exactly)


@pytest.mark.filterwarnings("ignore:torch.distributed is disabled:UserWarning")  # as it is meant to be
@pytest.mark.parametrize("name", SAVED)
def test_one_process_goes_on_with_what_two_have_saved(in_two: Results, checkpoints: Path, name: str) -> None:
    wanted = in_two("saved", name)[0]
    exactly = not CLASSES[name].reduces
    alike([resumed(name, whole_here, checkpoints)], wanted, exactly=exactly)
