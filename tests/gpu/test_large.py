"""A tensor that has more elements than 32 bits count."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
import torch
from beside_reference import array, check
from on_gpu import CLASSES, DEVICE, INTERPRETED, arguments, numbers

COUNT = (1 << 14 if INTERPRETED else 1 << 31) + 5
WIDTH = 4096
"""Elements that are looked at closely around each place where a number of 31 or 32 bits, or as many bytes, end."""
PLACES = sorted({0, *(place for place in (1 << 29, 1 << 30, 1 << 31) if place < COUNT), COUNT - 5, COUNT})


def stretches() -> Iterator[slice]:
    """Around each place."""
    for place in PLACES:
        yield slice(max(0, place - WIDTH // 2), min(COUNT, place + WIDTH // 2))


@pytest.mark.parametrize(("name", "bytes_each"), [("SGD", 4), ("Lion", 8), ("LAMB", 12)])
def test_every_element_is_updated(name: str, bytes_each: int) -> None:
    """Alike where gradients are alike, and as the reference says around the places that count."""
    if not INTERPRETED:
        free, need = torch.cuda.mem_get_info()[0], int(1.3 * bytes_each * COUNT)
        if free < need:
            pytest.skip(f"{free / 2**30:.0f} GiB of the GPU's memory are free, and it takes {need / 2**30:.0f}")
    param = torch.nn.Parameter(torch.ones(COUNT, dtype=torch.bfloat16, device=DEVICE))
    param.grad = torch.ones_like(param)
    by_norm = name == "LAMB"  # then the reference would have to see all of it
    for number, part in enumerate(() if by_norm else stretches()):
        param.data[part] = numbers(param.data[part].shape, number, torch.bfloat16)
        param.grad[part] = numbers(param.data[part].shape, 50 + number, torch.bfloat16)
    before = [(array(param[part]), array(param.grad[part])) for part in stretches()]
    optimizer = CLASSES[name]([param], **arguments(name))
    optimizer.step()
    if not by_norm:
        reference = importlib.import_module(f"{CLASSES[name].package}.reference")
        for (theta, grad), part in zip(before, stretches(), strict=True):
            after, _ = reference.step(theta, grad, reference.init(theta), 1, **arguments(name))
            check(param[part], [after], theta, f"elements {part.start} to {part.stop}")
        for part in stretches():
            param.data[part] = param.data[COUNT // 3]
    usual = param.data[COUNT // 3]
    assert float(usual) != 1.0
    for begin in range(0, COUNT, 1 << 28):
        all_of_it = param.data[begin : begin + (1 << 28)]
        assert bool((all_of_it == usual).all()), f"between elements {begin} and {begin + len(all_of_it)}"
