"""Arguments as numbers and tensors, by group, changed between steps, and wrong ones."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from beside import CLASSES, NAMES, Beside, Gradients, copies, parameters, same, snapshot, step, train

from optgen.optim import SGD, AdamW, NoisySGD

NAN = float("nan")


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)], ids=str)
def test_tensors_of_one_number_are_numbers(shape: tuple[int, ...]) -> None:
    def number(value: float) -> torch.Tensor:
        return torch.full(shape, value, dtype=torch.float64)

    params = parameters()
    again = copies(params)
    plain = AdamW(params, lr=0.02, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1)
    other = AdamW(again, lr=number(0.02), betas=(number(0.8), number(0.95)), eps=number(1e-3), weight_decay=number(0.1))
    for optimizer, its in ((plain, params), (other, again)):
        train(optimizer, Gradients(its), 3)
    for param, own in zip(params, again, strict=True):
        assert torch.equal(param, own)


def test_a_learning_rate_of_float32_is_that_of_torch() -> None:
    params = parameters()
    again = copies(params)
    theirs = torch.optim.AdamW(params, lr=torch.tensor(0.02))
    ours = AdamW(again, lr=torch.tensor(0.02))
    for optimizer, its in ((theirs, params), (ours, again)):
        train(optimizer, Gradients(its), 3)
    torch.testing.assert_close(again, params)


def test_a_tensor_may_be_filled_between_steps() -> None:
    lr = torch.tensor(0.5)
    params = parameters()
    optimizer = SGD(params, lr=lr)
    assert optimizer.param_groups[0]["lr"] is lr
    lr.fill_(0.0)
    before = params[1].detach().clone()
    train(optimizer, Gradients(params), 1)
    assert torch.equal(params[1], before)


@pytest.mark.parametrize("kind", [list, tuple])
def test_what_holds_several_numbers_may_change_in_its_place(kind: type) -> None:
    """A list that gets another number, a tuple with a tensor that does."""
    params = parameters()
    again = copies(params)
    betas = kind([torch.tensor(0.5, dtype=torch.float64), 0.9])
    ours, other = AdamW(params, betas=betas), AdamW(again, betas=(0.5, 0.9))
    for optimizer, its in ((ours, params), (other, again)):
        train(optimizer, Gradients(its), 2)
    if isinstance(betas, list):
        betas[0] = 0.8
    else:
        betas[0].fill_(0.8)
    other.param_groups[0]["betas"] = (0.8, 0.9)
    for optimizer, its in ((ours, params), (other, again)):
        train(optimizer, Gradients(its), 2)
    for param, own in zip(params, again, strict=True):
        assert torch.equal(param, own)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_and_flags_may_change_between_steps(name: str) -> None:
    params = parameters()
    optimizer = CLASSES[name](params)
    beside, gradients = Beside(optimizer), Gradients(params)
    beside.run(gradients, 2)
    for group in optimizer.param_groups:
        group["lr"] *= 0.7
        group["maximize"] = True
    beside.run(gradients, 2)


def test_a_state_that_a_flag_asks_for_later_is_made_then() -> None:
    params = parameters()
    optimizer = AdamW(params)
    gradients = Gradients(params)
    train(optimizer, gradients, 2)
    assert "max_exp_avg_sq" not in optimizer.state[params[0]]
    optimizer.param_groups[0]["amsgrad"] = True
    train(optimizer, gradients, 2)
    state = optimizer.state[params[1]]
    assert bool((state["max_exp_avg_sq"] >= state["exp_avg_sq"]).all())


def test_groups_have_arguments_of_their_own() -> None:
    params = parameters(((4,), (4,), (4,)))
    for param in params:
        param.data.fill_(1.0)
        param.grad = torch.ones_like(param)
    groups = [{"params": params[0]}, {"params": params[1], "lr": 0.5}, {"params": params[2], "maximize": True}]
    optimizer = SGD(groups, lr=0.25, weight_decay=1.0)
    optimizer.add_param_group({"params": (late := parameters(((4,),))), "weight_decay": 0.0, "lr": 1.0})
    late[0].data.fill_(1.0)
    late[0].grad = torch.ones_like(late[0])
    optimizer.step()
    found = [float(p.detach()[0]) for p in (*params, *late)]
    assert found == [0.5, 0.0, 1.0, 0.0]


def test_unknown_arguments_of_groups_are_kept_as_in_torch() -> None:
    optimizer = SGD([{"params": parameters(), "name": "head", "note": 3}], lr=0.1)
    assert optimizer.param_groups[0]["name"] == "head"
    assert optimizer.state_dict()["param_groups"][0]["note"] == 3


def test_seeds_are_of_groups() -> None:
    params = parameters(((50,), (50,), (50,)))
    for param in params:
        param.data.zero_()
        param.grad = torch.zeros_like(param)
    groups = [{"params": [p], "seed": seed} for p, seed in zip(params, (1, 1, 2), strict=True)]
    NoisySGD(groups).step()
    assert not torch.equal(params[0], params[1])  # each parameter has numbers of its own
    again = parameters(((50,),))
    again[0].data.zero_()
    again[0].grad = torch.zeros_like(again[0])
    NoisySGD(again, seed=1).step()
    assert torch.equal(again[0], params[0])
    again[0].data.zero_()
    NoisySGD(again, seed=2).step()
    assert not torch.equal(again[0], params[0])
    with pytest.raises(ValueError, match=r"seed must be between 0 and 2\*\*63, got -1"):
        NoisySGD(again, seed=-1)


WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "nan": ({"lr": NAN}, ValueError, "lr must be >= 0, got nan"),
    "nan in a tensor": ({"lr": torch.tensor(NAN)}, ValueError, r"lr must be >= 0, got tensor\(nan\)"),
    "two numbers": ({"lr": torch.tensor([0.1, 0.2])}, ValueError, r"Tensor lr must be 1-element, got shape \(2,\)"),
    "below": ({"weight_decay": -0.1}, ValueError, "weight_decay must be >= 0, got -0.1"),
    "beta": ({"betas": (0.9, 1.0)}, ValueError, "beta2 must be >= 0 and < 1, got 1.0"),
    "one beta": ({"betas": (0.9,)}, ValueError, r"betas must be 2 numbers, beta1, beta2, got \(0.9,\)"),
    "a number for two": ({"betas": 0.9}, ValueError, "betas must be 2 numbers, beta1, beta2, got 0.9"),
    "beta tensor": ({"betas": (torch.ones(2), 0.9)}, ValueError, "Tensor beta1 must be 1-element"),
    "text": ({"lr": "0.1"}, TypeError, "lr must be a real number, got '0.1'"),
    "none": ({"eps": None}, TypeError, "eps must be a real number, got None"),
    "flag": ({"amsgrad": 1}, TypeError, "amsgrad must be True or False, got 1"),
    "maximize": ({"maximize": "no"}, TypeError, "maximize must be True or False, got 'no'"),
    "differentiable": ({"differentiable": True}, ValueError, "differentiable=True: the step is compiled code"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_arguments_are_refused_wherever_they_come_from(what: str) -> None:
    arguments, error, message = WRONG[what]
    with pytest.raises(error, match=message):
        AdamW(parameters(), **arguments)
    with pytest.raises(error, match=message):
        AdamW([{"params": parameters(), **arguments}])
    params, late = parameters(), parameters(seed=3)
    optimizer = AdamW(params)
    with pytest.raises(error, match=message):
        optimizer.add_param_group({"params": late, **arguments})
    assert len(optimizer.param_groups) == 1
    optimizer.add_param_group({"params": late})
    gradients = Gradients([*params, *late])
    train(optimizer, gradients, 2)
    before = snapshot(optimizer)
    group = optimizer.param_groups[1]
    fine = dict(group)
    group.update(arguments)
    gradients.give()
    with pytest.raises(error, match=message):
        step(optimizer)
    same(before, {k: v for k, v in snapshot(optimizer).items() if k in before})
    group.update(fine)
    step(optimizer)
    assert all(bool(p.isfinite().all()) for p in params)


def test_the_first_step_makes_no_states_where_a_later_group_is_wrong() -> None:
    params, late = parameters(), parameters(seed=3)
    optimizer = AdamW([{"params": params}, {"params": late}])
    Gradients([*params, *late]).give()
    optimizer.param_groups[1]["lr"] = -1.0
    with pytest.raises(ValueError, match="lr must be >= 0, got -1"):
        optimizer.step()
    assert not optimizer.state


def test_infinity_is_a_number() -> None:
    params = parameters(((3,),))
    params[0].grad = torch.ones_like(params[0])
    SGD(params, lr=math.inf).step()
    assert bool(params[0].isinf().all())
