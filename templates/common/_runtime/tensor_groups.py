"""Tensors of mixed dtypes, in groups of the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

Series = list[list[torch.Tensor] | None]
"""For each tensor of the equations a list with one for each parameter, the parameters first, then the gradients; None
in the place of a list where the flags have no such state."""


def alike(series: Sequence[Sequence[torch.Tensor] | None], inputs: int) -> list[tuple[Series, list[int]]]:
    """The series of groups of parameters whose tensors have the same dtypes, with the places of these parameters.

    Args:
        series: Of all parameters.
        inputs: How many further inputs stand behind the gradients: all are converted to what can hold each of them.
    """
    thetas = series[0]
    assert thetas is not None
    columns = [[None if tensors is None else tensors[i] for tensors in series] for i in range(len(thetas))]
    found: dict[Any, list[int]] = {}
    for place, column in enumerate(columns):
        data = [x for x in column[1 : 2 + inputs] if x is not None]
        column[1 : 2 + inputs] = [x.to(_common([x.dtype for x in data])) for x in data]
        found.setdefault(tuple(x.dtype for x in column[:2] if x is not None), []).append(place)
    return [([_whole([columns[i][k] for i in own]) for k in range(len(series))], own) for own in found.values()]


def _common(dtypes: list[torch.dtype]) -> torch.dtype:
    """What can hold numbers of each dtype."""
    widest = dtypes[0]
    for dtype in dtypes[1:]:
        widest = torch.promote_types(widest, dtype)
    return widest


def _whole(tensors: list[torch.Tensor | None]) -> list[torch.Tensor] | None:
    """The list of a series, or None where there is none."""
    return [x for x in tensors if x is not None] or None
