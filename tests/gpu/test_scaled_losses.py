"""`torch.amp.GradScaler` on the device: scaled gradients make the same steps, and those that overflow make none."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from on_gpu import CLASSES, DEVICE, SOME, arguments, differing, further, give_gradients, parameters, snapshot
from test_graphs import no_waiting

SHAPES = ((1025,), (17,), (), (33, 48))
OVERFLOWS = (2, 5)
STEPS = 7


def scaled_step(scaler: Any, optimizer: Any, overflow: bool) -> None:
    """Scale the gradients, and make the step."""
    params = [p for group in optimizer.param_groups for p in group["params"]]
    scale = scaler.scale(torch.ones((), device=DEVICE))
    for param in params:
        param.grad.mul_(scale)
    if overflow:
        params[1].grad[3] = torch.inf
    scaler.step(optimizer, **further(optimizer))
    scaler.update()


@pytest.mark.parametrize("capturable", [False, True])
@pytest.mark.parametrize("name", SOME)
def test_scaled_gradients_make_the_same_steps(name: str, capturable: bool) -> None:
    params, wanted = parameters(SHAPES), parameters(SHAPES)
    optimizer = CLASSES[name](params, capturable=capturable, **arguments(name))
    plain = CLASSES[name](wanted, capturable=capturable, **arguments(name))
    scaler = torch.amp.GradScaler(DEVICE.type, init_scale=2.0**6, growth_interval=2)
    for t in range(1, STEPS + 1):
        for own in (params, wanted):
            give_gradients(own, t)
        before = snapshot(optimizer)
        scaled_step(scaler, optimizer, t in OVERFLOWS)
        if t in OVERFLOWS:
            assert not differing(before, snapshot(optimizer))
        else:
            plain.step(**further(plain))
    assert all(float(optimizer.state[param]["step"]) == STEPS - len(OVERFLOWS) for param in params)
    assert not differing(snapshot(plain), snapshot(optimizer), 1e-6)


def test_an_overflow_at_the_first_step_leaves_states_as_they_begin() -> None:
    params, wanted = parameters(SHAPES), parameters(SHAPES)
    optimizer, plain = (CLASSES["AdamW"](own, lr=0.05, capturable=True) for own in (params, wanted))
    scaler = torch.amp.GradScaler(DEVICE.type, init_scale=2.0**6)
    for t in (1, 2, 3):
        for own in (params, wanted):
            give_gradients(own, t)
        scaled_step(scaler, optimizer, t == 1)
        if t > 1:
            plain.step()
    assert not differing(snapshot(plain), snapshot(optimizer), 1e-6)


@pytest.mark.filterwarnings("ignore:Synchronization debug mode")
@pytest.mark.parametrize("capturable", [True, False])
@pytest.mark.parametrize("name", ["AdamW", "SGD", "LAMB"])
def test_a_scaled_step_waits_for_nothing(name: str, capturable: bool) -> None:
    """What the scaler itself does around it may wait."""
    params = parameters(SHAPES)
    optimizer = CLASSES[name](params, capturable=capturable, **arguments(name))
    scale, fine, bad = (torch.full((), value, device=DEVICE) for value in (64.0, 0.0, 1.0))
    for t in range(1, 8):
        give_gradients(params, t, in_place=True)
        optimizer.grad_scale, optimizer.found_inf = scale, bad if t in (2, 5) else fine
        before = snapshot(optimizer)
        if t <= 3:
            optimizer.step()
        else:
            with no_waiting():
                optimizer.step()
        assert bool(differing(before, snapshot(optimizer))) is (t not in (2, 5))
    assert all(float(optimizer.state[param]["step"]) == 5 for param in params)
