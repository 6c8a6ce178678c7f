"""Optimizers whose gradient is taken elsewhere: at_point() goes there and back, and closures are evaluated there."""

from __future__ import annotations

import importlib
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
import torch
from beside import CLASSES, SHIFTED, Array, class_of, close, copies, parameters, same, snapshot
from generated_code import Code

from optgen.optim import AdamW, Nesterov

SHAPES = ((), (7,), (4, 5))
ARGUMENTS: dict[str, dict[str, Any]] = {
    "Nesterov": {"lr": 0.05},
    "NesterovAveraged": {"lr": 0.2},
    "ScheduleFreeAdamW": {"lr": 0.05, "warmup_steps": 3, "weight_decay": 0.1},
    "ScheduleFreeSGD": {"lr": 0.2, "warmup_steps": 3},
}


def loss_of(params: list[torch.nn.Parameter]) -> torch.Tensor:
    """Something that is nowhere flat."""
    return sum((((p - 1) ** 2).sum() + p.cos().sum() for p in params), torch.zeros((), dtype=torch.float64))


def slope(theta: Array) -> Array:
    """Its gradient."""
    return np.asarray(2 * (theta - 1) - np.sin(theta))


def backward(params: list[torch.nn.Parameter]) -> torch.Tensor:
    for param in params:
        param.grad = None
    loss = loss_of(params)
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach()


def test_these_are_all() -> None:
    assert ARGUMENTS.keys() == set(SHIFTED)
    assert not hasattr(AdamW, "at_point")
    assert "at_point()" in (Nesterov.__doc__ or "")
    assert "at_point" not in (AdamW.__doc__ or "")


@pytest.mark.parametrize("way", ["at_point", "closure"])
@pytest.mark.parametrize("name", SHIFTED)
def test_gradients_are_taken_where_the_reference_takes_them(name: str, way: str) -> None:
    params = parameters(SHAPES)
    optimizer = CLASSES[name]([{"params": params[:1]}, {"params": params[1:]}], **ARGUMENTS[name])
    reference = importlib.import_module(f"{optimizer.package}.reference")
    settings = optimizer._settings(optimizer.param_groups[0])
    hyper = {key: settings[key] for key in (*optimizer.hyper, *optimizer.flags)}
    thetas = [p.detach().numpy().copy() for p in params]
    kept = [reference.init(theta, **hyper) for theta in thetas]
    for t in range(1, 21):
        if way == "closure":
            optimizer.step(lambda: backward(params))
        else:
            with optimizer.at_point():
                backward(params)
            optimizer.step()
        for i, param in enumerate(params):
            grad = slope(reference.point(thetas[i], kept[i], t, **hyper))
            thetas[i], kept[i] = reference.step(thetas[i], grad, kept[i], t, **hyper)
            close(param, thetas[i], f"step {t}")
    assert float(loss_of(params).detach()) < float(loss_of(parameters(SHAPES)).detach())


@pytest.mark.parametrize("name", SHIFTED)
def test_a_plain_step_takes_gradients_as_they_are(name: str) -> None:
    params = parameters(SHAPES)
    again = copies(params)
    first, second = (CLASSES[name](own, **ARGUMENTS[name]) for own in (params, again))
    for _ in range(3):
        with first.at_point():
            backward(params)
        for param, own in zip(params, again, strict=True):
            assert param.grad is not None
            own.grad = param.grad.clone()
        first.step()
        second.step()
    same(snapshot(first), snapshot(second))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", SHIFTED)
def test_parameters_come_back_bit_for_bit(name: str, dtype: torch.dtype) -> None:
    params = parameters(SHAPES, dtype)
    optimizer = CLASSES[name](params, **ARGUMENTS[name])
    for _ in range(2):
        for param in params:
            param.grad = param.detach() + 0.5
        optimizer.step()
    before, addresses = snapshot(optimizer), [p.data_ptr() for p in params]
    with pytest.raises(KeyError, match="loss"), optimizer.at_point():
        fail_elsewhere(params[1], before["group 0, parameter 1"])
    same(before, snapshot(optimizer))
    with optimizer.at_point():
        params[1].data.fill_(float("nan"))
    same(before, snapshot(optimizer))
    assert addresses == [p.data_ptr() for p in params]
    assert all(p.requires_grad and p.is_leaf for p in params)


def fail_elsewhere(param: torch.Tensor, before: torch.Tensor) -> None:
    assert param.dtype == before.dtype
    assert not torch.equal(param, before) or param.dtype in (torch.bfloat16, torch.float16)  # it is not far
    raise KeyError("loss")


@pytest.mark.parametrize("name", SHIFTED)
def test_the_point_of_the_first_step_makes_no_states(name: str) -> None:
    params = parameters(SHAPES)
    optimizer = CLASSES[name](params)
    before = [p.detach().clone() for p in params]
    with optimizer.at_point():
        assert all(torch.allclose(p, old) for p, old in zip(params, before, strict=True))
    assert not optimizer.state


def test_what_needs_no_gradient_stays() -> None:
    params = parameters(SHAPES)
    optimizer = Nesterov(params, lr=0.1)
    backward(params)
    optimizer.step()
    params[1].requires_grad_(False)
    before = [p.detach().clone() for p in params]
    with optimizer.at_point():
        assert torch.equal(params[1], before[1])
        assert not torch.equal(params[2], before[2])


def test_permuted_parameters_go_there_too() -> None:
    matrix = parameters(((4, 5),))[0].detach()
    straight, turned = torch.nn.Parameter(matrix), torch.nn.Parameter(matrix.t().contiguous().t())
    first, second = Nesterov([straight], lr=0.1), Nesterov([turned], lr=0.1)
    for _ in range(3):
        first.step(lambda: backward([straight]))
        second.step(lambda: backward([turned]))
    assert torch.equal(straight, turned)
    with first.at_point(), second.at_point():
        assert torch.equal(straight, turned)


def test_there_is_no_way_to_go_twice_or_to_step_there() -> None:
    params = parameters(SHAPES)
    optimizer = Nesterov(params, lr=0.1)
    optimizer.step(lambda: backward(params))
    before = snapshot(optimizer)
    with optimizer.at_point():
        with pytest.raises(RuntimeError, match=r"at_point\(\) cannot be nested"), optimizer.at_point():
            pass
        with pytest.raises(RuntimeError, match=r"leave at_point\(\) before step\(\)"):
            optimizer.step()
    same(before, snapshot(optimizer))
    with pytest.raises(RuntimeError, match=r"at_point\(\) cannot be nested"):
        optimizer.step(lambda: nested(optimizer))
    same(before, snapshot(optimizer))
    optimizer.step()


def nested(optimizer: Any) -> float:
    with optimizer.at_point():
        return 0.0


def test_a_backward_pass_behind_the_block_is_an_error_of_autograd() -> None:
    params = parameters(SHAPES)
    optimizer = Nesterov(params, lr=0.1)
    optimizer.step(lambda: backward(params))
    with optimizer.at_point():
        loss = loss_of(params)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()  # type: ignore[no-untyped-call]


def test_a_wrong_argument_or_state_is_found_before_anything_moves() -> None:
    params = parameters(SHAPES)
    optimizer = Nesterov(params, lr=0.1)
    optimizer.step(lambda: backward(params))
    before = snapshot(optimizer)
    optimizer.param_groups[0]["lr"] = -1.0
    with pytest.raises(ValueError, match="lr must be >= 0, got -1"), optimizer.at_point():
        pass
    same(before, snapshot(optimizer))
    optimizer.param_groups[0]["lr"] = 0.1
    optimizer.state[params[1]]["momentum_buffer"] = torch.zeros(3)
    with pytest.raises(ValueError, match=r"'momentum_buffer' of parameter 1 has shape \(3,\)"), optimizer.at_point():
        pass
    for param, old in zip(params, ("0", "1", "2"), strict=True):
        assert torch.equal(param, before[f"group 0, parameter {old}"])


def test_a_copy_made_at_the_point_is_not_there() -> None:
    params = parameters(SHAPES)
    optimizer = Nesterov(params, lr=0.1)
    with optimizer.at_point():
        again, other = deepcopy((params, optimizer))
    other.step(lambda: backward(again))


def test_all_parameters_go_there_together(odd_optimizers: Code) -> None:
    cls = class_of(odd_optimizers, "ahead_together")
    reference = importlib.import_module(f"{cls.package}.reference")
    params = parameters(((7,), (4, 5)))
    optimizer = cls([{"params": params[:1]}, {"params": params[1:]}])
    thetas = [p.detach().numpy().copy() for p in params]
    kept = reference.init(thetas)
    for t in range(1, 6):
        optimizer.step(lambda: backward(params))
        grads = [slope(point) for point in reference.point(thetas, kept, t)]
        thetas, kept = reference.step(thetas, grads, kept, t)
        for param, theta in zip(params, thetas, strict=True):
            close(param, theta, f"step {t}")
