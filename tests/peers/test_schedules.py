"""The generated schedules against those of torch and optax."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from optional import need
from schedule_peers import SCHEDULES, Schedule, optax_factors, torch_factors

STEPS = 40
"""The cycles of the table end within them."""


@pytest.mark.parametrize("peer", SCHEDULES, ids=lambda peer: f"{peer.library}: {peer.ours}")
def test_every_factor_is_the_same(peer: Schedule) -> None:
    if peer.library == "optax":
        need("optax")
    steps = int(peer.numbers[peer.until]) if peer.until else STEPS
    ours = importlib.import_module(f"optgen.generated.{peer.ours}.reference")
    got = ours.factor(np.arange(1, steps + 1), **peer.numbers)
    wanted = (torch_factors if peer.library == "torch" else optax_factors)(peer, steps)
    assert len(set(wanted)) > 1 or peer.ours == "constant"
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("peer", SCHEDULES, ids=lambda peer: f"{peer.library}: {peer.ours}")
def test_no_two_numbers_are_equal(peer: Schedule) -> None:
    assert len(set(peer.numbers.values())) == len(peer.numbers)
