"""Every optimizer makes the steps of its NumPy reference, whatever its parameters are."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from beside import BY_LINES, CLASSES, NAMES, TOGETHER, Beside, Gradients, parameters, step
from trajectories import STEPS

DENSE = [name for name in NAMES if name not in BY_LINES]


def other(name: str) -> dict[str, Any]:
    """Arguments of a second group that differ, as far as they may."""
    if name in TOGETHER:
        return {"weight_decay": 0.03}
    hypers = CLASSES[name].hyper
    return {"lr": 0.003, **({"weight_decay": 0.03} if "weight_decay" in hypers else {})}


@pytest.mark.parametrize("name", NAMES)
def test_twenty_steps_of_two_groups_are_those_of_the_reference(name: str) -> None:
    params = parameters()
    arguments = {"lr": 0.004} if name in TOGETHER else other(name)
    optimizer = CLASSES[name](
        [{"params": params[:2]}, {"params": params[2:], **arguments}],
        **({"lr": 0.004} if name in TOGETHER else {}),
    )
    Beside(optimizer).run(Gradients(params), STEPS)


@pytest.mark.parametrize("name", NAMES)
def test_a_group_that_maximizes_steps_the_other_way(name: str) -> None:
    params = parameters()
    optimizer = CLASSES[name]([{"params": params[:2]}, {"params": params[2:], "maximize": True}])
    Beside(optimizer).run(Gradients(params), 4)


@pytest.mark.parametrize("name", NAMES)
def test_parameters_come_and_go(name: str) -> None:
    params = parameters()
    optimizer = CLASSES[name](params[:3])
    beside, gradients = Beside(optimizer), Gradients(params)
    beside.run(gradients, 2)
    frozen = params[1]
    for _ in range(3):
        gradients.give()
        frozen.grad = None
        beside.step()
        step(optimizer)
        beside.check()
    beside.run(gradients, 2)  # with other counts of steps
    optimizer.add_param_group({"params": params[3:]})
    beside.run(gradients, 3)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_may_have_other_strides(name: str) -> None:
    params = parameters()
    optimizer = CLASSES[name](params)
    beside, gradients = Beside(optimizer), Gradients(params)
    for turn in range(6):
        gradients.give()
        for param in params if turn % 2 else []:
            assert param.grad is not None
            turned = torch.empty(param.shape[::-1], dtype=param.dtype)
            param.grad = turned.permute(tuple(reversed(range(param.dim())))).copy_(param.grad)
        beside.step()
        step(optimizer)
        beside.check()


@pytest.mark.parametrize("name", [name for name in DENSE if name != "NoisySGD"])
def test_parameters_may_be_permuted(name: str) -> None:
    images, matrix = (p.detach() for p in parameters(((2, 3, 2, 2), (5, 4))))
    params = [torch.nn.Parameter(images.contiguous(memory_format=torch.channels_last)), torch.nn.Parameter(matrix.t())]
    optimizer = CLASSES[name](params)
    beside, gradients = Beside(optimizer), Gradients(params)
    beside.run(gradients, 3)
    for param in params:
        assert not param.is_contiguous()
        for f in optimizer.fields.values():
            if f.kind == "elements" and f.key in optimizer.state[param]:
                assert optimizer.state[param][f.key].stride() == param.stride()
    for turn in range(2):
        gradients.give()
        if turn:
            for param in params:
                assert param.grad is not None
                param.grad = param.grad.contiguous()
        beside.step()
        step(optimizer)
        beside.check()


@pytest.mark.parametrize("name", BY_LINES)
def test_rows_and_columns_ask_for_contiguous_parameters(name: str) -> None:
    param = torch.nn.Parameter(torch.ones(5, 4).t())
    param.grad = torch.ones_like(param)
    before = param.detach().clone()
    optimizer = CLASSES[name]([("weight", param)])
    with pytest.raises(ValueError, match=r"parameter 'weight' is not contiguous .* \.contiguous\(\)"):
        step(optimizer)
    assert torch.equal(param, before)
    assert not optimizer.state


@pytest.mark.parametrize("name", ["AdamW", "LAMB", "SM3", "Prodigy"])
def test_large_parameters_are_updated_on_all_cores(name: str) -> None:
    params = parameters(((300, 301), (5,), (70000,)))
    Beside(optimizer := CLASSES[name](params)).run(Gradients(params), 2)
    assert len(optimizer.state) == 3


@pytest.mark.parametrize("name", NAMES)
def test_empty_tensors_are_no_trouble(name: str) -> None:
    params = parameters(((0,), (3,), (0, 4), ()))
    optimizer = CLASSES[name](params)
    beside = Beside(optimizer)
    with pytest.MonkeyPatch.context() as patch:
        if name in BY_LINES:  # the mean of no numbers is NaN, and NumPy warns of it
            patch.setattr(beside, "step", lambda: None)
        beside.run(Gradients(params), 3)
    assert all(bool(p.isfinite().all()) for p in params)
