"""Deep copies and pickles of optimizers go on as the original, and nothing of theirs belongs to it."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import torch
from beside import CLASSES, NAMES, Gradients, parameters, same, snapshot, train

from optgen.optim import AdamW


def through_torch(things: Any) -> Any:
    file = io.BytesIO()
    torch.save(things, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


WAYS: dict[str, Callable[[Any], Any]] = {
    "deepcopy": deepcopy,
    "pickle": lambda things: pickle.loads(pickle.dumps(things)),
    "torch.save": through_torch,
}


@pytest.mark.parametrize("name", NAMES)
def test_deep_copies_go_on_bit_for_bit(name: str) -> None:
    goes_on(name, deepcopy)


@pytest.mark.parametrize("way", ["pickle", "torch.save"])
@pytest.mark.parametrize("name", ["AdamW", "Prodigy", "SM3", "Nesterov"])
def test_so_do_pickles(name: str, way: str) -> None:
    goes_on(name, WAYS[way])


def goes_on(name: str, copy: Callable[[Any], Any]) -> None:
    params = parameters()
    optimizer = CLASSES[name]([{"params": params[:2]}, {"params": params[2:]}])
    train(optimizer, Gradients(params), 3)
    again, other = copy((params, optimizer))
    assert type(other) is type(optimizer)
    assert all(a is not p for a, p in zip(again, params, strict=True))
    same(snapshot(optimizer), snapshot(other))
    before = snapshot(other)
    train(optimizer, Gradients(params, seed=4), 2)
    same(before, snapshot(other))
    train(other, Gradients(again, seed=4), 2)
    same(snapshot(optimizer), snapshot(other))


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_has_what_torchs_copy_has(way: str) -> None:
    params = parameters()
    optimizer = AdamW(params, lr=0.5)
    train(optimizer, Gradients(params), 1)
    optimizer.register_step_post_hook(lambda *_: None)  # a pickle could not hold it
    other = WAYS[way](optimizer)
    assert other.defaults == optimizer.defaults
    assert other.param_groups[0]["lr"] == 0.5
    assert not other._optimizer_step_post_hooks
    assert other.state_dict().keys() == optimizer.state_dict().keys()


@pytest.mark.parametrize("way", WAYS)
def test_the_step_of_a_copy_is_its_own_where_a_scheduler_has_patched_the_original(way: str) -> None:
    params = parameters()
    optimizer = AdamW(params)
    torch.optim.lr_scheduler.StepLR(optimizer, 2)  # puts a step of its own onto the instance
    again, other = WAYS[way]((params, optimizer))
    before = snapshot(optimizer)
    train(other, Gradients(again), 1)
    same(before, snapshot(optimizer))
    assert float(other.state[again[0]]["step"]) == 1


def test_a_copy_can_be_made_before_the_first_step() -> None:
    params = parameters()
    again, other = deepcopy((params, AdamW(params)))
    train(other, Gradients(again), 1)
    assert len(other.state) == len(params)
