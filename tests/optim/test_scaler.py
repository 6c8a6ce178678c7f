"""Scaled losses: steps with the scaler of torch are those without."""

from __future__ import annotations

import pytest
import torch
from beside import CLASSES, Gradients, copies, parameters, same, snapshot


@pytest.mark.parametrize("name", ["AdamW", "LAMB", "Prodigy", "Adafactor"])
def test_scaled_gradients_make_the_same_steps(name: str) -> None:
    params = parameters()
    wanted = copies(params)
    first, second = CLASSES[name](wanted), CLASSES[name](params)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**6, growth_interval=2)
    given = Gradients(wanted)
    for turn in range(6):
        given.give()
        overflows = turn == 3
        for param, own in zip(params, wanted, strict=True):
            assert own.grad is not None
            param.grad = own.grad * scaler.scale(torch.ones(()))
        if overflows:
            assert params[1].grad is not None
            params[1].grad[2] = float("inf")
        before = snapshot(second)
        if turn == 4:
            scaler.unscale_(second)  # as before clipping
        scaler.step(second)
        scaler.update()
        if overflows:
            same(before, snapshot(second))
        else:
            first.step()
    for own, param in zip(wanted, params, strict=True):
        assert float(second.state[param]["step"]) == 5
        torch.testing.assert_close(param, own, rtol=1e-13, atol=1e-13)
    assert not hasattr(second, "grad_scale")
    assert scaler.get_scale() != 2.0**6
