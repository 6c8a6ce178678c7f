"""States take the memory that they are said to take, and a step keeps nothing else."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import torch
from on_gpu import CLASSES, DEVICE, INTERPRETED, NAMES, SOME, arguments, further, give_gradients, needs_cuda, numbers

BYTES = {"SGD": 0, "SignSGD": 0, "Lion": 4, "AdamW": 8, "RMSprop": 4, "LAMB": 8, "Adan": 16, "Adafactor": 0}
"""Of the states of an element in float32, with the defaults; what rows, columns or a tensor have is beside them."""
SHAPE = (17, 64) if INTERPRETED else (513, 1024)
NUMEL = SHAPE[0] * SHAPE[1]
LINES = 4 * sum(SHAPE)
FEW = 2 << 20
"""Bytes of tables, numbers, and of what the allocator rounds up."""


def made(name: str, dtype: torch.dtype = torch.float32) -> tuple[list[torch.Tensor], Any]:
    """Two parameters with gradients, and their optimizer."""
    params: list[torch.Tensor] = [torch.nn.Parameter(numbers(SHAPE, i, dtype)) for i in range(2)]
    give_gradients(params, 1)
    return params, CLASSES[name](params, **arguments(name))


def state_bytes(optimizer: Any) -> int:
    """Of all states, counters left out."""
    states = [value for state in optimizer.state.values() for key, value in state.items() if key != "step"]
    return sum(value.nbytes for value in states)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("name", BYTES)
def test_states_take_so_many_bytes_an_element(name: str, dtype: torch.dtype) -> None:
    params, optimizer = made(name, dtype)
    optimizer.step()
    extra = state_bytes(optimizer) - len(params) * NUMEL * BYTES[name]
    assert 0 <= extra <= len(params) * 2 * LINES, f"{extra} bytes more than {BYTES[name]} an element"


@needs_cuda
@pytest.mark.parametrize("name", NAMES)
def test_a_first_step_keeps_states_and_scratch(name: str) -> None:
    params, optimizer = made(name)
    kernel = importlib.import_module(f"{CLASSES[name].package}.kernel")
    more = further(optimizer)
    before = torch.cuda.memory_allocated(DEVICE)
    optimizer.step(**more)
    torch.cuda.synchronize()
    kept = torch.cuda.memory_allocated(DEVICE) - before
    scratch = 4 * NUMEL * len(params) * getattr(kernel, "SCRATCH", 0)
    assert kept <= state_bytes(optimizer) + scratch + FEW


@needs_cuda
@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("name", SOME)
def test_a_hundred_steps_keep_nothing(name: str, elsewhere: bool) -> None:
    params, optimizer = made(name)
    found = []
    for t in range(1, 106):
        if elsewhere:
            for param in params:
                param.grad = None if t % 7 == 0 else torch.ones_like(param)
        optimizer.step(**further(optimizer))
        if t % 50 == 5:
            torch.cuda.synchronize()
            found.append(torch.cuda.memory_allocated(DEVICE))
    assert found[1:] == found[:1] * 2


@needs_cuda
def test_a_step_needs_hardly_more_than_it_keeps() -> None:
    params, optimizer = made("AdamW")
    optimizer.step()
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats(DEVICE)
    before = torch.cuda.memory_allocated(DEVICE)
    optimizer.step()
    torch.cuda.synchronize()
    assert torch.cuda.max_memory_allocated(DEVICE) - before <= FEW
    assert len(params) == 2
