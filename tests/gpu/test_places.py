"""Where tensors lie: beside memory that must not be touched, at odd places, and elsewhere at each step."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from arena import Arena
from beside_reference import Beside
from on_gpu import CLASSES, DEVICE, DTYPES, NAMES, SHAPES, SOME, TOGETHER, arguments, give_gradients, numbers
from on_gpu import parameters as made

OFFSETS = (0, 1, 3)
"""Elements behind a place where wide loads may begin."""


def placed_states(optimizer: Any, arena: Arena, offset: int) -> None:
    """Put all states of parameters into the arena."""
    for state in optimizer.state.values():
        for key, value in state.items():
            if key != "step":
                state[key] = arena.place(value, offset)


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("name", NAMES)
def test_memory_beside_tensors_is_not_touched(name: str, offset: int) -> None:
    dtype, arena = DTYPES[(NAMES.index(name) + offset) % len(DTYPES)], Arena()
    params = [torch.nn.Parameter(arena.place(p, offset)) for p in made(dtype=dtype)]
    optimizer = CLASSES[name](params, **arguments(name))
    beside = Beside(optimizer)
    for t in (1, 2, 3):
        give_gradients(params, t)
        for param in params:
            assert param.grad is not None
            param.grad = arena.place(param.grad, offset)
        beside.step()
        arena.check()
        if t == 1:
            placed_states(optimizer, arena, offset)


@pytest.mark.parametrize("offset", OFFSETS[1:])
@pytest.mark.parametrize("moved", ["parameters", "gradients", "states"])
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", ["AdamW", "LAMB"])
def test_one_kind_of_tensors_at_odd_places(name: str, dtype: torch.dtype, moved: str, offset: int) -> None:
    arena = Arena()
    params = [torch.nn.Parameter(arena.place(p, offset if moved == "parameters" else 0)) for p in made(dtype=dtype)]
    optimizer = CLASSES[name](params, **arguments(name))
    beside = Beside(optimizer)
    for t in (1, 2):
        give_gradients(params, t)
        for param in params:
            assert param.grad is not None
            param.grad = arena.place(param.grad, offset if moved == "gradients" else 0)
        beside.step()
        if moved == "states":
            placed_states(optimizer, arena, offset)
    arena.check()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("name", SOME)
def test_parameters_may_be_parts_of_one_piece(name: str, dtype: torch.dtype) -> None:
    sizes = [17, 1, 1023, 8195, 3]
    whole = numbers((sum(sizes) + 1,), 5, dtype)
    spare = whole[0].clone()
    params = [torch.nn.Parameter(part) for part in torch.split(whole[1:], sizes)]
    grads = numbers((len(whole),), 6, dtype)[1:]
    beside = Beside(CLASSES[name](params, **arguments(name)))
    for t in (1, 2):
        for param, grad in zip(params, torch.split(grads * t, sizes), strict=True):
            param.grad = grad
        beside.step()
    assert torch.equal(whole[0], spare)


@pytest.mark.parametrize("name", SOME)
def test_gradients_lie_elsewhere_at_each_step(name: str) -> None:
    params, arena = made(), Arena()
    beside = Beside(CLASSES[name](params, **arguments(name)))
    for t in range(1, 6):
        give_gradients(params, t)
        for param in params:
            assert param.grad is not None
            param.grad = arena.place(param.grad, t % 3)  # which stays where it is, so that the next one cannot
        beside.step()
    arena.check()


@pytest.mark.parametrize("name", SOME)
def test_groups_and_dtypes_may_be_mixed(name: str) -> None:
    params = [numbers(shape, i, DTYPES[i % 3]) for i, shape in enumerate((*SHAPES, *SHAPES[5:]))]
    params = [torch.nn.Parameter(p) for p in params]
    other = {} if name in TOGETHER else {"lr": 0.125}
    groups = [{"params": params[:7]}, {"params": params[7:], "maximize": True, **other}]
    beside = Beside(CLASSES[name](groups, **arguments(name)))
    for t in (1, 2, 3):
        give_gradients(params, t)
        beside.step()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_gradients_may_be_wider_than_parameters(dtype: torch.dtype) -> None:
    params = made(dtype=dtype)
    beside = Beside(CLASSES["AdamW"](params, lr=0.05))
    for t in (1, 2):
        for i, param in enumerate(params):
            param.grad_dtype = torch.float32
            param.grad = numbers(param.shape, 1000 * t + i)
        beside.step()


def test_parameters_that_are_not_contiguous() -> None:
    params = [torch.nn.Parameter(numbers((33, 48), 1).t()), torch.nn.Parameter(numbers((2, 3, 4, 5), 2))]
    params[1].data = params[1].data.to(memory_format=torch.channels_last)
    assert not any(p.is_contiguous() for p in params)
    beside = Beside(CLASSES["AdamW"](params, lr=0.05))
    for t in (1, 2):
        give_gradients(params, t)
        beside.step()
    assert params[0].device.type == DEVICE.type
