"""Optimizers that look at all tensors at once: all groups make one step, with numbers that all of them share."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from beside import CLASSES, TOGETHER, Beside, Gradients, class_of, copies, parameters, same, snapshot, step, train
from generated_code import Code

from optgen.optim import Prodigy


def shared(name: str) -> list[str]:
    """Keys of what all parameters share."""
    return [f.key for f in CLASSES[name].fields.values() if f.kind == "shared"]


def two_groups(**second: Any) -> tuple[list[torch.nn.Parameter], Any, Gradients]:
    params = parameters()
    optimizer = Prodigy([{"params": params[:2]}, {"params": params[2:], **second}])
    return params, optimizer, Gradients(params)


def test_there_are_some() -> None:
    assert TOGETHER == ["Prodigy"]
    assert shared("Prodigy") == ["d_numerator", "d"]


def test_groups_do_not_divide_what_is_one() -> None:
    params, optimizer, _ = two_groups()
    again = copies(params)
    whole = Prodigy(again)
    for _ in range(20):
        for param in (*params, *again):
            param.grad = param.detach() - 3
        optimizer.step()
        whole.step()
    for param, own in zip(params, again, strict=True):
        torch.testing.assert_close(param, own, rtol=1e-12, atol=1e-12)
    assert float(optimizer.param_groups[0]["d"]) > 1e-5


def test_the_shared_numbers_stand_in_every_group() -> None:
    params, optimizer, gradients = two_groups()
    train(optimizer, gradients, 3)
    for key in shared("Prodigy"):
        first, second = (group[key] for group in optimizer.param_groups)
        assert first is second
        assert first.dtype == torch.float64
        assert key not in optimizer.state[params[0]]
    late = parameters(((3,),), seed=7)
    optimizer.add_param_group({"params": late})
    assert optimizer.param_groups[2]["d"] is optimizer.param_groups[0]["d"]
    late[0].grad = torch.ones_like(late[0])
    train(optimizer, gradients, 1)
    assert optimizer.param_groups[2]["d"] is optimizer.param_groups[0]["d"]


def test_they_are_saved_and_shared_again() -> None:
    _, optimizer, gradients = two_groups()
    train(optimizer, gradients, 3)
    saved = optimizer.state_dict()
    _, other, _ = two_groups()
    other.load_state_dict(saved)
    for key in shared("Prodigy"):
        values = [group[key] for group in (*optimizer.param_groups, *other.param_groups)]
        assert all(torch.equal(value, values[0]) for value in values)
    before = other.param_groups[0]["d"].clone()
    train(optimizer, gradients, 2)
    assert torch.equal(other.param_groups[0]["d"], before)


@pytest.mark.parametrize("way", ["one tensor", "tensors", "numbers", "filled"])
def test_they_may_be_set_by_hand(way: str) -> None:
    params, optimizer, gradients = two_groups()
    train(optimizer, gradients, 2)
    number = torch.tensor(0.125, dtype=torch.float64)
    for group in optimizer.param_groups:
        match way:
            case "one tensor":
                group["d"] = number
            case "tensors":
                group["d"] = number.clone()
            case "numbers":
                group["d"] = 0.125
            case "filled":
                group["d"].fill_(0.125)
    again = copies(params)
    other = Prodigy([{"params": again[:2]}, {"params": again[2:]}])
    other.load_state_dict(optimizer.state_dict())
    train(optimizer, gradients, 1)
    more = Gradients(again)
    more.taken = 2
    train(other, more, 1)
    same(snapshot(optimizer), snapshot(other))
    assert optimizer.param_groups[0]["d"] is optimizer.param_groups[1]["d"]


def test_they_cannot_differ() -> None:
    _, optimizer, gradients = two_groups()
    train(optimizer, gradients, 2)
    before = snapshot(optimizer)
    optimizer.param_groups[1]["d"] = torch.tensor(0.5)
    gradients.give()
    with pytest.raises(ValueError, match=r"d is .* in one group and 0.5 in another: it is one number for all"):
        optimizer.step()
    optimizer.param_groups[1]["d"] = optimizer.param_groups[0]["d"]
    same(before, snapshot(optimizer))
    optimizer.step()


@pytest.mark.parametrize(
    ("name", "value"), [("lr", 0.5), ("betas", (0.8, 0.999)), ("eps", 0.1), ("d0", 1e-3), ("bias_correction", True)]
)
def test_what_all_numbers_are_made_of_has_to_be_the_same(name: str, value: Any) -> None:
    params, optimizer, gradients = two_groups()
    train(optimizer, gradients, 2)
    before = snapshot(optimizer)
    optimizer.param_groups[1][name] = value
    gradients.give()
    message = r"(lr|beta1|eps|d0|bias_correction) is .* in one group and .* in another: .* so set one for all"
    with pytest.raises(ValueError, match=message):
        optimizer.step()
    same(before, snapshot(optimizer))
    for param in params[2:]:
        param.grad = None
    optimizer.step()  # groups that take no part may have others
    _, optimizer, gradients = two_groups(**{name: value})
    gradients.give()
    with pytest.raises(ValueError, match=message):
        optimizer.step()
    assert not optimizer.state
    assert "d" not in optimizer.param_groups[0]


def test_what_is_of_elements_may_differ() -> None:
    params, optimizer, gradients = two_groups(weight_decay=0.5, maximize=True)
    plain, other, _ = two_groups()
    for param, own in zip(params, plain, strict=True):
        own.data.copy_(param.data)
    train(optimizer, gradients, 3)
    train(other, Gradients(plain), 3)
    assert not torch.equal(params[2], plain[2])


def test_all_parameters_make_the_same_step() -> None:
    params = parameters()
    optimizer = Prodigy(params, bias_correction=True)
    beside, gradients = Beside(optimizer), Gradients(params)
    for turn in range(6):
        gradients.give()
        if turn < 3:
            params[1].grad = None
        if turn == 4:
            params[3].grad = None
        beside.step()
        step(optimizer)
        beside.check()
    assert float(optimizer.state[params[1]]["step"]) == 6
    assert float(optimizer.state[params[3]]["step"]) == 6


# Compositions


def test_clipping_is_that_of_torch_over_all_groups(spanning: Code) -> None:
    params = parameters()
    again = copies(params)
    groups: list[list[dict[str, Any]]] = [
        [{"params": own[:2]}, {"params": own[2:], "lr": 0.05, "amsgrad": True}] for own in (params, again)
    ]
    ours = class_of(spanning, "clipped_adamw")(groups[0], lr=0.02, max_norm=0.5, norm_eps=1e-6)
    theirs = torch.optim.AdamW(groups[1], lr=0.02)
    gradients, more = Gradients(params), Gradients(again)
    for _ in range(6):
        gradients.give()
        more.give()
        ours.step()
        torch.nn.utils.clip_grad_norm_(again, 0.5)
        theirs.step()
        for param, own in zip(params, again, strict=True):
            torch.testing.assert_close(param, own, rtol=1e-10, atol=1e-12)
    assert ours.common == ("max_norm", "norm_eps")
    ours.param_groups[1]["max_norm"] = 3.0
    before = snapshot(ours)
    gradients.give()
    with pytest.raises(ValueError, match=r"max_norm is 0.5 in one group and 3.0 in another"):
        ours.step()
    same(before, snapshot(ours))


def test_clipping_works_on_unscaled_gradients(spanning: Code) -> None:
    params = parameters()
    again = copies(params)
    first, second = (class_of(spanning, "clipped_adamw")(own, max_norm=0.5) for own in (params, again))
    scaler, gradients = torch.amp.GradScaler("cpu", init_scale=1024.0), Gradients(params)
    for _ in range(3):
        gradients.give()
        for param, own in zip(params, again, strict=True):
            assert param.grad is not None
            own.grad = param.grad * scaler.scale(torch.ones(()))
        first.step()
        scaler.step(second)
        scaler.update()
    for param, own in zip(params, again, strict=True):
        torch.testing.assert_close(param, own, rtol=1e-13, atol=1e-15)
