"""Torch optimizers whose steps Triton's interpreter makes, beside those that the CPU makes."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import torch

SHAPES = ((3, 5), (1300,), (), (4, 2, 3), (0,), (2, 1024))


def kernels_follow_the_cpu(modules: SimpleNamespace, maximize: bool, dtype: str) -> float:
    """The largest distance of a parameter or state, relative to the largest number of its tensor."""
    made = importlib.import_module(f"optgen.generated.{modules.name}.optimizer")
    (kind,) = (x for x in vars(made).values() if isinstance(x, type) and x.__module__ == made.__name__)
    ours, kernels = (_trained(kind, on, maximize, getattr(torch, dtype)) for on in (False, True))
    return max(_distance(a, b) for a, b in zip(ours, kernels, strict=True))


def _trained(kind: Any, interpreted: bool, maximize: bool, dtype: torch.dtype) -> list[torch.Tensor]:
    """Parameters and states behind some steps of two groups, in which gradients are missing at times."""
    own = type(kind.__name__, (kind,), {"interpreted": interpreted})
    random = torch.Generator().manual_seed(3)
    params = [torch.nn.Parameter(torch.randn(shape, generator=random).to(dtype)) for shape in SHAPES]
    other = {} if kind.together else {"lr": 0.25}
    groups = [{"params": params[:2]}, {"params": params[2:], **other}]
    optimizer = own(groups, maximize=maximize)
    for t in range(4):
        for i, param in enumerate(params):
            param.grad = None if (i, t) == (1, 1) else torch.randn(param.shape, generator=random).to(dtype)
        more = {
            name: [None if p.grad is None else torch.randn(p.shape, generator=random).to(dtype) for p in params]
            for name in kind.inputs
        }
        optimizer.step(**more)
    states = [x for p in params for x in optimizer.state[p].values()]
    shared = [group[f.key] for group in optimizer.param_groups for f in kind.fields.values() if f.kind == "shared"]
    return [*(p.detach() for p in params), *states, *shared]


def _distance(a: torch.Tensor, b: torch.Tensor) -> float:
    assert a.shape == b.shape
    assert a.dtype == b.dtype
    size = float(a.abs().max()) if a.numel() else 1.0
    return float((a.double() - b.double()).abs().max()) / (size or 1.0) if a.numel() else 0.0
