"""States of torch tensors by name, and what autograd has to be told."""

from __future__ import annotations

from typing import Any

import torch

State = dict[str, torch.Tensor]
States = dict[str, Any]
"""State of parameters that are updated together: a list with a tensor for each, or one number for all."""


def tensors(**values: torch.Tensor | None) -> State:
    """The given tensors by name, without those that are None."""
    return {name: value for name, value in values.items() if value is not None}


def lists(**values: Any) -> States:
    """The given tensors and lists of tensors by name, without those that are None."""
    return {name: value for name, value in values.items() if value is not None}


def touched(*thetas: torch.Tensor) -> None:
    """Tell autograd that a kernel has written to parameters."""
    for theta in thetas:
        if not theta.is_inference():
            torch.autograd.graph.increment_version(theta)
