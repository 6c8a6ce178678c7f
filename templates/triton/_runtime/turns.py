"""What a batch of tensors is told of a step: hyper-parameters and counters, which lie on the device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import torch


class OnDevice(Protocol):
    """Tensors that kernels work on."""

    @property
    def device(self) -> torch.device:
        """Where they are."""
        ...


class Turn(NamedTuple):
    """A batch in a step. What the numbers are, no one asks on the host, so that nobody waits for the device.

    Attributes:
        batch: The tensors.
        flags: The flags of its group.
        given: float64: the hyper-parameters that the module's `GIVEN` names, and a factor for the gradients.
        steps: How many steps have been made, of each parameter, all the same; a step counts them up.
        scale: What the loss was multiplied by; None for nothing.
        found: Not zero where a gradient is not finite: then everything stays as it is. None for never.
        seed: Of random numbers.
    """

    batch: Any
    flags: Mapping[str, bool]
    given: torch.Tensor
    steps: torch.Tensor
    scale: torch.Tensor | None = None
    found: torch.Tensor | None = None
    seed: int = 0


def single_turn(batch: OnDevice, flags: Mapping[str, bool], given: Sequence[float], t: int, seed: int = 0) -> Turn:
    """A batch in a step whose numbers are known on the host.

    Args:
        batch: The tensors.
        flags: Their flags.
        given: The hyper-parameters that the module's `GIVEN` names.
        t: Number of the step.
        seed: Of random numbers.
    """
    numbers = upload((*given, 1.0), torch.float64, batch.device)
    return Turn(batch, flags, numbers, upload([t - 1], torch.float64, batch.device), seed=seed)


def is_captured(device: torch.device) -> bool:
    """Whether what is launched goes into a graph, to be run later and again, instead of being run."""
    return device.type == "cuda" and torch.cuda.is_current_stream_capturing()


def upload(values: Any, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """Numbers as a tensor on a device; nobody waits for the copy."""
    return staged(values, dtype, device).to(device, non_blocking=True)


def staged(values: Any, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """Numbers on the host, from where a copy need not be waited for: torch keeps them until the copy is done."""
    found = torch.as_tensor(values, dtype=dtype)
    return found.pin_memory() if device.type == "cuda" else found
