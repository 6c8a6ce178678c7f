"""Parameters that several processes have parts of, DTensors: a step updates the part that this process has.

torch has no such tensors before `torch.distributed.tensor` is imported, which takes a while: nothing here imports it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import torch

from .shards import Shard

if TYPE_CHECKING:
    from .optimizer import FusedOptimizer

_PLAIN = frozenset({torch.Tensor, torch.nn.Parameter})


def is_sharded(tensor: object) -> bool:
    """Whether a tensor is a DTensor, whatever its placements."""
    if type(tensor) in _PLAIN:
        return False
    module = sys.modules.get("torch.distributed.tensor")
    return module is not None and isinstance(tensor, getattr(module, "DTensor", ()))


def local(tensor: torch.Tensor) -> torch.Tensor:
    """What this process has of a DTensor; any other tensor as it is."""
    if not is_sharded(tensor):
        return tensor
    if torch.is_grad_enabled():
        with torch.no_grad():
            return local(tensor)
    dtensor: Any = tensor
    found = dtensor.to_local()
    part: torch.Tensor = found.wait() if hasattr(found, "wait") else found  # where it is still on its way here
    return part


def all_local(tensors: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """The same of several tensors."""
    return [local(tensor) for tensor in tensors]


def whole(tensor: torch.Tensor) -> torch.Tensor:
    """All of a DTensor, gathered where need be; any other tensor as it is."""
    dtensor: Any = tensor
    found: torch.Tensor = dtensor.full_tensor() if is_sharded(tensor) else tensor
    return found


def laid_out(param: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    """What belongs to the elements here of a parameter, as a DTensor like it; of any other parameter, as it is."""
    if not is_sharded(param):
        return part
    like: Any = param
    from torch.distributed.tensor import DTensor

    return DTensor.from_local(
        part, like.device_mesh, like.placements, run_check=False, shape=like.shape, stride=like.stride()
    )


def is_laid_out(param: torch.Tensor, tensor: torch.Tensor) -> bool:
    """Whether the elements of both are in the same processes."""
    ours: Any = param
    other: Any = tensor
    if not is_sharded(param) or not is_sharded(tensor):
        return is_sharded(param) is is_sharded(tensor)
    return bool(ours.placements == other.placements and ours.device_mesh == other.device_mesh)


def part_beside(param: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    """What belongs to the elements here of a parameter; processes exchange it where it lies in others.

    Args:
        param: The parameter.
        tensor: A gradient or state that `check_beside` lets pass.
    """
    if is_laid_out(param, tensor):
        return local(tensor)
    ours: Any = param
    other: Any = tensor
    with torch.no_grad():
        return local(other.redistribute(ours.device_mesh, ours.placements))


def local_tensors(params: Sequence[torch.Tensor], tensors: Sequence[Any]) -> list[Any] | None:
    """The parts of gradients or others that are here, where all lie where the parameters do; None else."""
    if not all(x is not None and is_laid_out(p, x) for p, x in zip(params, tensors, strict=True)):
        return None
    return all_local(tensors)


def check_beside(param: torch.Tensor, tensor: torch.Tensor, what: str) -> None:
    """Raise where a tensor cannot be brought to where the elements of a parameter are.

    Args:
        param: The parameter.
        tensor: Of the same shape.
        what: What messages call the tensor, and then the parameter.

    Raises:
        TypeError: One is a DTensor, and the other is not.
        ValueError: They are on different meshes.
    """
    ours: Any = param
    other: Any = tensor
    if not is_sharded(param):
        if is_sharded(tensor):
            raise TypeError(f"{what} is a DTensor, and the parameter a plain tensor: make it one with .full_tensor()")
    elif not is_sharded(tensor):
        text = f"{what} is a plain tensor, and the parameter a DTensor"
        fix = "make it one with torch.distributed.tensor.distribute_tensor(), or load checkpoints with"
        raise TypeError(f"{text}: {fix} torch.distributed.checkpoint.state_dict.set_optimizer_state_dict()")
    elif ours.device_mesh != other.device_mesh:
        raise ValueError(f"{what} is on {other.device_mesh}, and the parameter on {ours.device_mesh}")


def check_sharded(param: torch.Tensor, name: str, optimizer: FusedOptimizer) -> None:
    """Raise where an optimizer cannot update the parts of a parameter in its processes.

    Args:
        param: The parameter.
        name: What messages call it.
        optimizer: Its optimizer.

    Raises:
        ValueError: The parameter is a sum that nobody has added up yet.
        NotImplementedError: The equations look at more than this process has.
    """
    if not is_sharded(param):
        return
    dtensor: Any = param
    if any(placement.is_partial() for placement in dtensor.placements):
        fix = "redistribute it to Shard or Replicate first"
        raise ValueError(f"{name} has placements {dtensor.placements}, parts that are still to be added up: {fix}")
    if not _is_spread(dtensor):
        return
    whose, where = type(optimizer).__name__, f"{name} is sharded ({dtensor.placements})"
    fix = "keep the parameter whole, as fully_shard(..., ignored_params={...}) does, or take another optimizer"
    if optimizer.by_lines:
        raise NotImplementedError(f"{where}, and {whose} looks at its rows and columns: {fix}")
    noisy = "seed" in optimizer.defaults
    if not (noisy or optimizer.reduces):
        return
    if noisy and not _in_one_piece(dtensor):
        text = f"{whose} draws random numbers only for contiguous parameters that are Shard(0)"
        raise NotImplementedError(f"{where}, and {text}: {fix}")
    if dtensor.device_mesh.get_coordinate() is None:
        raise NotImplementedError(f"{where} over {dtensor.device_mesh}, of which this process is no part")
    if not optimizer._bucket_class(local(param).device).joins_shards:
        text = f"{whose} has sums over all elements or random numbers, which kernels do for whole parameters only"
        raise NotImplementedError(f"{where}, and {text}: {fix}")


def shards_of(params: Iterable[torch.Tensor]) -> list[Shard | None]:
    """Which parts of parameters are here; None for one that is here as a whole."""
    return [_shard(param) if is_sharded(param) and _is_spread(param) else None for param in params]


def _shard(dtensor: Any) -> Shard:
    """The part of a DTensor that is here."""
    mesh, spread = dtensor.device_mesh, _spread_over(dtensor)
    within = mesh.get_coordinate() is not None
    start = _rows(dtensor)[0] * prod(dtensor.shape[1:]) if within and _in_one_piece(dtensor) else 0
    groups = tuple(mesh.get_group(place) for place in spread) if within else ()
    return Shard(dtensor.numel(), start, groups, mesh.device_type)


def _spread_over(dtensor: Any) -> list[int]:
    """The dimensions of the mesh along which processes have different elements."""
    mesh, placements = dtensor.device_mesh, dtensor.placements
    return [place for place, p in enumerate(placements) if not p.is_replicate() and mesh.size(place) > 1]


def _is_spread(dtensor: Any) -> bool:
    """Whether other processes have elements that this one has not."""
    return bool(_spread_over(dtensor))


def _in_one_piece(dtensor: Any) -> bool:
    """Whether the elements here lie behind each other in the whole: it is sharded by its rows, as torch does it."""
    from torch.distributed.tensor import Shard as Placement

    by_rows = all(type(p) is Placement and p.dim == 0 for p in dtensor.placements if not p.is_replicate())
    return by_rows and dtensor.is_contiguous() and _rows(dtensor)[1] == local(dtensor).shape[0]


def _rows(dtensor: Any) -> tuple[int, int]:
    """The first row here of what is sharded by rows, and how many there are: torch shards as `torch.chunk` does."""
    first, count = 0, dtensor.shape[0]
    mesh = dtensor.device_mesh
    for place in _spread_over(dtensor):
        each = -(-count // mesh.size(place))
        begin = min(count, each * (mesh.get_coordinate() or [0] * mesh.ndim)[place])
        first, count = first + begin, min(count - begin, each)
    return first, count
