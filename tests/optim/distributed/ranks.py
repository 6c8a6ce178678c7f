"""What each of two processes does with optimizers of parameters that both have parts of; tests look at what it gives.

One start of the processes runs all cases, since starting them takes longer than most cases.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numba
import torch
import torch.distributed as dist
from beside import CLASSES, Gradients, copies, parameters, step
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, Placement, Replicate, Shard, distribute_tensor

Found = dict[str, Any]
"""What a case gives, by names for people: whole tensors, messages, or numbers."""

SHAPES = ((7, 5), (7,), (2, 3, 4), (1, 6), (4, 1))
"""Rows that two processes cannot share equally, and fewer rows than processes: the second one has nothing there."""
WORLD = 2


class Bag(torch.nn.Module):
    """A module of given parameters."""

    def __init__(self, params: Iterable[torch.nn.Parameter]) -> None:
        super().__init__()
        for number, param in enumerate(params):
            self.register_parameter(f"p{number}", param)


def class_of(name: str) -> Any:
    """A shipped optimizer, or one of `package.module:Class`, of a folder that is on the path."""
    if name in CLASSES:
        return CLASSES[name]
    module, _, cls = name.partition(":")
    return getattr(importlib.import_module(module), cls)


# Ways to share parameters


def whole_here(params: Sequence[torch.nn.Parameter]) -> list[torch.nn.Parameter]:
    """Not at all: as in one process."""
    return list(params)


def by_fsdp(params: Sequence[torch.nn.Parameter]) -> list[torch.nn.Parameter]:
    """As `fully_shard` does it, by rows."""
    bag = Bag(params)
    fully_shard(bag, mesh=init_device_mesh("cpu", (WORLD,)))
    return list(bag.parameters())


def placed(
    params: Sequence[torch.nn.Parameter], meshes: Sequence[DeviceMesh], placements: Sequence[Sequence[Placement] | None]
) -> list[torch.nn.Parameter]:
    """On meshes and in placements of their own, in turn; None for a plain parameter."""
    found = []
    for number, param in enumerate(params):
        where = placements[number % len(placements)]
        mesh = meshes[number % len(meshes)]
        whole = param.detach()
        found.append(param if where is None else torch.nn.Parameter(distribute_tensor(whole, mesh, list(where))))
    return found


def by_columns(params: Sequence[torch.nn.Parameter]) -> list[torch.nn.Parameter]:
    """By the last dimension."""
    mesh = init_device_mesh("cpu", (WORLD,))
    return [placed([p], [mesh], [[Shard(p.dim() - 1)]])[0] for p in params]


def mixed(params: Sequence[torch.nn.Parameter]) -> list[torch.nn.Parameter]:
    """Some plain, some shared, on two meshes, as hybrid shards have them."""
    line, grid = init_device_mesh("cpu", (WORLD,)), init_device_mesh("cpu", (1, WORLD), mesh_dim_names=("a", "b"))
    placements = ([Shard(0)], None, [Replicate(), Shard(0)], [Replicate()], [Shard(0), Shard(0)])
    found = []
    for number, param in enumerate(params):
        where = placements[number % len(placements)]
        found += placed([param], [grid if where and len(where) == 2 else line], [where])
    return found


def on_grid(params: Sequence[torch.nn.Parameter]) -> list[torch.nn.Parameter]:
    """Over both dimensions of a grid of processes, which each have what is left of the other."""
    grid = init_device_mesh("cpu", (2, 2))
    placements: list[list[Placement]] = [
        [Shard(0), Shard(0)],
        [Replicate(), Shard(0)],
        [Shard(0), Shard(1)],
        [Shard(0), Replicate()],
    ]
    return placed(params, [grid], placements)


# What cases are made of


def like(param: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
    """A whole tensor, as the parameter lies in the processes."""
    if not isinstance(param, DTensor):
        return whole
    return distribute_tensor(whole, param.device_mesh, param.placements, src_data_rank=None)


def full(value: Any) -> Any:
    """All of what processes have parts of."""
    return value.full_tensor() if isinstance(value, DTensor) else value


def everything(optimizer: torch.optim.Optimizer) -> Found:
    """All numbers that a step changes, whole."""
    found: Found = {}
    for place, group in enumerate(optimizer.param_groups):
        for number, param in enumerate(group["params"]):
            where = f"group {place}, parameter {number}"
            found[where] = full(param.detach()).clone()
            for key, value in optimizer.state.get(param, {}).items():
                found[f"{where}, {key}"] = full(torch.as_tensor(value)).clone()
        found |= {f"group {place}, {k}": v.clone() for k, v in group.items() if isinstance(v, torch.Tensor)}
    return found


class Given:
    """The gradients of parameters, some of which have none at times, however the parameters lie.

    Args:
        params: The parameters.
        seed: Of random numbers.
    """

    def __init__(self, params: Sequence[torch.Tensor], seed: int = 1) -> None:
        self.params = list(params)
        self.whole = [torch.zeros(p.shape, dtype=p.dtype, requires_grad=True) for p in params]
        self.gradients = Gradients(self.whole, seed)

    def give(self) -> None:
        """The gradients of the next step."""
        turn = self.gradients.taken
        self.gradients.give()
        for number, (param, whole) in enumerate(zip(self.params, self.whole, strict=True)):
            absent = (turn == 1 and number == 1) or (turn == 2 and number >= 3)
            assert whole.grad is not None
            param.grad = None if absent else like(param, whole.grad)


def steps(optimizer: Any, given: Given, count: int) -> None:
    """Some steps."""
    for _ in range(count):
        given.give()
        step(optimizer)


def made(
    name: str,
    share: Callable[[Sequence[torch.nn.Parameter]], list[torch.nn.Parameter]] = whole_here,
    dtype: torch.dtype = torch.float32,
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    **arguments: Any,
) -> tuple[list[torch.nn.Parameter], Any]:
    """Parameters in two groups, and their optimizer."""
    params = share(parameters(shapes, dtype))
    names = [(f"layer{i}", p) for i, p in enumerate(params)]
    groups = [{"params": names[:3]}, {"params": names[3:], "maximize": True}]
    return params, class_of(name)(groups, **arguments)


def trained(name: str, share: Any = whole_here, dtype: torch.dtype = torch.float32, **arguments: Any) -> Found:
    """All that there is behind some steps."""
    params, optimizer = made(name, share, dtype, **arguments)
    steps(optimizer, Given(params), 5)
    return everything(optimizer)


@cache
def alone(name: str, dtype: torch.dtype = torch.float32) -> Found:
    """The same in this process only."""
    return trained(name, dtype=dtype)


def refused(name: str, share: Any = by_fsdp) -> Found:
    """What an optimizer says of parameters that it cannot update, when it is made and when it gets more of them."""
    found = Found()
    try:
        made(name, share)
    except Exception as error:  # noqa: BLE001  # which one it is, is for the test to say
        found["made"] = f"{type(error).__name__}: {error}"
    plain = copies(parameters(SHAPES))
    optimizer = class_of(name)(plain)
    try:
        optimizer.add_param_group({"params": share(parameters(SHAPES))})
    except Exception as error:  # noqa: BLE001
        found["added"] = f"{type(error).__name__}: {error}"
    found["groups"] = len(optimizer.param_groups)
    return found


# The processes


def run(rank: int, world: int, folder: Path, cases: dict[str, tuple[str, tuple[Any, ...]]]) -> None:
    """Run cases, and keep what they give.

    Args:
        rank: Which process it is.
        world: How many there are.
        folder: Where they meet, and where the results go.
        cases: By name, the function, as `module:function`, and its arguments.
    """
    torch.set_num_threads(1)
    numba.set_num_threads(1)
    store = f"file://{folder}/store"
    dist.init_process_group("gloo", store, world_size=world, rank=rank, timeout=timedelta(seconds=60))
    found: dict[str, Found] = {}
    for name, (function, arguments) in cases.items():
        module, _, attribute = function.partition(":")
        try:
            found[name] = getattr(importlib.import_module(module), attribute)(*arguments)
        except Exception:  # noqa: BLE001  # of a case, which its test tells; the others go on
            found[name] = {"failed": traceback.format_exc()}
            print(name, found[name]["failed"], file=sys.stderr)
    torch.save(found, folder / f"found{rank}.pt")
    dist.destroy_process_group()
