"""`capturable=True`: counters and learning rates are on the device; a step waits for nothing, and can be captured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from on_gpu import (
    CLASSES,
    DEVICE,
    INTERPRETED,
    NAMES,
    SOME,
    arguments,
    differing,
    further,
    give_gradients,
    parameters,
    snapshot,
)

WARM_UP = 3
RATES = (0.05, 0.025, 0.025, 0.1, 0.0125)
"""Learning rates of the steps behind the warm-up, which are replayed."""
SHAPES = ((1025,), (17,), (), (3, 5), (33, 48), (0,))


class Captured:
    """A step that has been made three times, as torch asks for, and then captured: without a graph, the step itself.

    Args:
        step: Makes one.
    """

    def __init__(self, step: Callable[[], Any]) -> None:
        self.replay = step
        if INTERPRETED:
            for _ in range(WARM_UP):
                step()
            return
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]  # of torch
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP):
                step()
        torch.cuda.current_stream().wait_stream(stream)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            step()
        self.replay = self.graph.replay


@contextmanager
def no_waiting() -> Iterator[None]:
    """Nothing in the block may wait for the GPU."""
    if INTERPRETED:
        yield
        return
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


def trained(name: str, *, capturable: bool, captured: bool, other_flags: bool = False) -> dict[str, torch.Tensor]:
    """Parameters and states behind the warm-up and a step for each rate."""
    params = parameters(SHAPES)
    given = arguments(name, other_flags=other_flags)
    rate = torch.tensor(0.05, device=DEVICE) if capturable else None
    given |= {"lr": rate} if rate is not None else {}
    optimizer = CLASSES[name](params, capturable=capturable, **given)
    give_gradients(params, 1)
    more = further(optimizer)

    def step() -> None:
        optimizer.step(**more)

    if captured:
        step = Captured(step).replay
    else:
        for _ in range(WARM_UP):
            step()
    for t, lr in enumerate(RATES, start=2):
        give_gradients(params, t, in_place=True)
        for group in () if rate is not None else optimizer.param_groups:
            group["lr"] = lr
        if rate is not None:
            rate.fill_(lr)
        step()
    for param in params:
        assert float(optimizer.state[param]["step"]) == WARM_UP + len(RATES)
    return snapshot(optimizer)


FLAGS = [(name, False) for name in NAMES] + [(name, True) for name in ("AdamW", "SGD", "RMSprop", "NAdam")]


@pytest.mark.parametrize(("name", "other_flags"), FLAGS)
def test_a_captured_step_is_replayed(name: str, other_flags: bool) -> None:
    wanted = trained(name, capturable=True, captured=False, other_flags=other_flags)
    assert not differing(wanted, trained(name, capturable=True, captured=True, other_flags=other_flags))


@pytest.mark.parametrize(("name", "other_flags"), FLAGS)
def test_capturable_changes_nothing_but_where_numbers_are(name: str, other_flags: bool) -> None:
    plain, capturable = (trained(name, capturable=on, captured=False, other_flags=other_flags) for on in (False, True))
    assert not differing(plain, capturable, 2e-5)


@pytest.mark.parametrize("name", NAMES)
def test_counters_are_on_the_device(name: str) -> None:
    params = parameters(SHAPES)
    optimizer = CLASSES[name](params, capturable=True, **arguments(name))
    give_gradients(params, 1)
    optimizer.step(**further(optimizer))
    assert {optimizer.state[param]["step"].device.type for param in params} == {DEVICE.type}


@pytest.mark.filterwarnings("ignore:Synchronization debug mode")
@pytest.mark.parametrize("elsewhere", [False, True], ids=["gradients stay", "gradients move"])
@pytest.mark.parametrize("name", SOME)
def test_a_capturable_step_waits_for_nothing(name: str, elsewhere: bool) -> None:
    params = parameters(SHAPES)
    rate = torch.tensor(0.05, device=DEVICE)
    optimizer = CLASSES[name](params, capturable=True, **{**arguments(name), "lr": rate})
    for t in range(1, 7):
        give_gradients(params, t, in_place=not elsewhere)
        more = further(optimizer)
        if t <= WARM_UP:
            optimizer.step(**more)
        else:
            with no_waiting():
                optimizer.step(**more)
    assert all(float(optimizer.state[param]["step"]) == 6 for param in params)


@pytest.mark.parametrize("name", ["AdamW", "LAMB"])
def test_a_whole_iteration_is_captured(name: str) -> None:
    """Loss, gradients and step, as torch's documentation has it: gradients are set anew by each replay."""

    def run(captured: bool) -> list[torch.Tensor]:
        params = parameters(((33, 16), (16,)))
        optimizer = CLASSES[name](params, lr=torch.tensor(0.05, device=DEVICE), capturable=True)
        x = torch.ones(4, 33, device=DEVICE)

        def iterate() -> None:
            optimizer.zero_grad(set_to_none=True)
            loss = ((x @ params[0] + params[1]) ** 2).mean()
            loss.backward()  # type: ignore[no-untyped-call]  # of torch
            optimizer.step()

        one = Captured(iterate).replay if captured else iterate
        for number in range(0 if captured else -WARM_UP, 4):
            x.fill_(1.0 + max(0, number))
            one()
        return [p.detach().clone() for p in params]

    for own, other in zip(run(True), run(False), strict=True):
        torch.testing.assert_close(own, other, rtol=1e-5, atol=1e-6)
