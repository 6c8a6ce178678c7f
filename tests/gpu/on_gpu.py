"""What the tests on a GPU share: our optimizers there, and numbers to give them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
import torch

import optgen.optim

INTERPRETED = os.environ.get("OPTGEN_GPU_TESTS") == "interpret"
DEVICE = torch.device("cpu" if INTERPRETED else "cuda")
needs_cuda = pytest.mark.skipif(INTERPRETED, reason="asks CUDA itself, of which Triton's interpreter has nothing")

DTYPES = (torch.float32, torch.bfloat16, torch.float16)
SIZES = (0, 1, 15, 16, 17, 1023, 1024, 1025, 8 * 1024 + 3)
"""Around what a thread, a block of 1024 and a program of 8 blocks work on."""
SHAPES = (*((size,) for size in SIZES), (), (3, 5), (33, 48), (17, 1040), (2, 3, 16))


def _ours(name: str) -> Any:
    """A class, which uses kernels in Triton's interpreter too."""
    cls = getattr(optgen.optim, name)
    return type(name, (cls,), {"interpreted": True}) if INTERPRETED else cls


CLASSES: dict[str, Any] = {name: _ours(name) for name in dir(optgen.optim)}
NAMES = sorted(CLASSES)
TOGETHER = frozenset(name for name, cls in CLASSES.items() if cls.together)
SOME = ("AdamW", "SGD", "Lion", "LAMB", "Prodigy", "Adafactor", "NoisySGD")
"""One of each kind: by elements, without a state, with noise; with numbers of a tensor, of all, of rows and columns."""


def arguments(name: str, *, other_flags: bool = False) -> dict[str, Any]:
    """Arguments with which parameters move visibly.

    Args:
        name: Class of the optimizer.
        other_flags: Whether all flags are on, those that follow a number too.
    """
    cls = CLASSES[name]
    found: dict[str, Any] = {"lr": 0.05} if "lr" in cls.hyper else {}
    if other_flags:
        renamed = {members[0]: argument for argument, members in cls.arguments.items() if len(members) == 1}
        found |= {renamed.get(flag, flag): True for flag in cls.flags}
        found |= {renamed.get(number, number): 0.4 for number in cls.following.values()}
        found["maximize"] = True
    return found


def has_flags(name: str) -> bool:
    """Whether an optimizer has flags of its own."""
    return bool(CLASSES[name].flags or CLASSES[name].following)


def numbers(shape: Sequence[int], seed: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Random numbers of several magnitudes on the device, of which some are zero."""
    random = torch.Generator().manual_seed(seed)
    found = torch.randn(tuple(shape), generator=random)
    kind = torch.rand(tuple(shape), generator=random)
    found = torch.where(kind < 0.1, 0.0, torch.where(kind > 0.95, 8 * found, found))
    return found.to(dtype).to(DEVICE)


def parameters(shapes: Iterable[Sequence[int]] = SHAPES, dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    """Parameters on the device, without gradients."""
    return [torch.nn.Parameter(numbers(shape, 100 + i, dtype)) for i, shape in enumerate(shapes)]


def give_gradients(params: Iterable[torch.Tensor], t: int, *, in_place: bool = False) -> None:
    """Gradients of step `t`: new tensors, or new numbers in the old ones."""
    for i, param in enumerate(params):
        grad = numbers(param.shape, 1000 * t + i, param.dtype)
        if in_place and param.grad is not None:
            param.grad.copy_(grad)
        else:
            param.grad = grad


def further(optimizer: Any, t: int = 0) -> dict[str, list[torch.Tensor]]:
    """The further tensors that a step takes, by name: positive numbers."""
    params = [p for group in optimizer.param_groups for p in group["params"]]
    return {
        name: [numbers(p.shape, 7000 + 100 * t + i, p.dtype).abs() + 0.125 for i, p in enumerate(params)]
        for name in optimizer.inputs
    }


def snapshot(optimizer: Any) -> dict[str, torch.Tensor]:
    """Copies of all numbers that a step changes, by names for people."""
    found = {}
    for place, group in enumerate(optimizer.param_groups):
        for number, param in enumerate(group["params"]):
            where = f"group {place}, parameter {number} of shape {tuple(param.shape)}"
            found[where] = param.detach().clone()
            for key, value in optimizer.state.get(param, {}).items():
                found[f"{where}, {key}"] = torch.as_tensor(value).detach().clone()
        shared = {f.key for f in optimizer.fields.values() if f.kind == "shared"} & group.keys()
        found |= {f"group {place}, {key}": torch.as_tensor(group[key]).detach().clone() for key in shared}
    return found


def differing(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor], tolerance: float = 0.0) -> list[str]:
    """What differs between two snapshots, by names for people.

    Args:
        first: One.
        second: The other.
        tolerance: What is allowed, in units of the largest number of each tensor; 0 compares bit for bit.
    """
    found = [f"{name} is in one of them" for name in first.keys() ^ second.keys()]
    for name in first.keys() & second.keys():
        one, other = first[name].double().cpu(), second[name].double().cpu()
        if one.shape != other.shape or first[name].dtype != second[name].dtype:
            found.append(f"{name}: {one.shape}, {first[name].dtype} and {other.shape}, {second[name].dtype}")
        elif one.numel():
            apart = float((one - other).abs().nan_to_num(nan=torch.inf).max())
            if apart > tolerance * float(one.abs().max()):
                found.append(f"{name}: {apart:.2e} apart")
    return sorted(found)
