"""Hooks of steps and of checkpoints are called as torch calls them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from beside import Gradients, parameters, same, snapshot, train
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from optgen.optim import SGD, AdamW


def made() -> tuple[list[torch.nn.Parameter], AdamW]:
    params = parameters()
    for param in params:
        param.grad = torch.ones_like(param)
    return params, AdamW(params)


def test_step_hooks_are_called_in_the_order_of_torch() -> None:
    called: list[str] = []

    def noting(what: str) -> Any:
        return lambda optimizer, *_: called.append(f"{type(optimizer).__name__} {what}")

    handles = [register_optimizer_step_pre_hook(noting("global before"))]
    handles.append(register_optimizer_step_post_hook(noting("global after")))
    _, optimizer = made()
    handles.append(optimizer.register_step_pre_hook(noting("before")))
    handles.append(optimizer.register_step_post_hook(noting("after")))
    optimizer.step()
    assert called == ["AdamW global before", "AdamW before", "AdamW after", "AdamW global after"]
    for handle in handles:
        handle.remove()
    optimizer.step()
    assert len(called) == 4


def test_a_hook_can_change_the_arguments() -> None:
    _, optimizer = made()

    def closure() -> float:
        return 7.0

    handle = optimizer.register_step_pre_hook(lambda _, args, kwargs: ((*args, closure), kwargs))
    assert optimizer.step() == 7.0
    handle.remove()
    assert optimizer.step() is None


def test_a_hook_sees_parameters_before_and_after() -> None:
    params, optimizer = made()
    seen: list[torch.Tensor] = []
    optimizer.register_step_pre_hook(lambda *_: seen.append(params[1].detach().clone()))
    optimizer.register_step_post_hook(lambda *_: seen.append(params[1].detach().clone()))
    optimizer.step()
    assert not torch.equal(seen[0], seen[1])
    assert torch.equal(seen[1], params[1])


def test_hooks_of_checkpoints_are_called_in_order_and_may_replace_them() -> None:
    params, optimizer = made()
    optimizer.step()
    called: list[str] = []

    def rename(_: Any, saved: dict[str, Any]) -> dict[str, Any]:
        called.append("saved")
        return {"ours": saved}

    def back(_: Any, saved: dict[str, Any]) -> Any:
        called.append("to load")
        return saved["ours"]

    optimizer.register_state_dict_pre_hook(lambda _: called.append("to save"))
    optimizer.register_state_dict_post_hook(rename)
    optimizer.register_load_state_dict_post_hook(lambda _: called.append("loaded"))
    optimizer.register_load_state_dict_pre_hook(back)
    optimizer.register_load_state_dict_pre_hook(lambda *_: called.append("first"), prepend=True)
    saved = optimizer.state_dict()
    assert saved.keys() == {"ours"}
    before = snapshot(optimizer)
    optimizer.load_state_dict(saved)
    same(before, snapshot(optimizer))
    assert called == ["to save", "saved", "first", "to load", "loaded"]
    optimizer.load_state_dict(saved)
    assert called[5:] == ["first", "to load", "loaded"]
    train(optimizer, Gradients(params), 1)


def test_a_hook_sees_a_copy_of_what_is_loaded() -> None:
    _, optimizer = made()
    optimizer.step()
    saved = optimizer.state_dict()

    def drop(_: Any, given: dict[str, Any]) -> None:
        given["state"] = {}

    optimizer.register_load_state_dict_pre_hook(drop)
    optimizer.load_state_dict(saved)
    assert not optimizer.state
    assert saved["state"]


def test_hooks_stay_when_loading_fails() -> None:
    _, optimizer = made()
    called: list[str] = []
    optimizer.register_load_state_dict_pre_hook(lambda *_: called.append("to load"))
    with pytest.raises(ValueError, match="different number of parameter groups"):
        optimizer.load_state_dict({"state": {}, "param_groups": []})
    optimizer.load_state_dict(optimizer.state_dict())
    assert called == ["to load", "to load"]


def test_a_class_of_ones_own_keeps_hooks_and_steps() -> None:
    class Mine(SGD):  # type: ignore[misc]  # found where it is installed only
        """SGD that counts its steps."""

        taken = 0

        def step(self, closure: Any = None, **inputs: Any) -> Any:
            """One step."""
            self.taken += 1
            return super().step(closure, **inputs)

    params, _ = made()
    optimizer = Mine(params, lr=0.1)
    called: list[int] = []
    optimizer.register_step_post_hook(lambda *_: called.append(1))
    before = params[1].detach().clone()
    optimizer.step()
    assert optimizer.taken == 1
    assert called
    torch.testing.assert_close(params[1].detach(), before - 0.1)
