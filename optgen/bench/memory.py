"""What rivals need of the memory: who would make the machine swap is left out, and the result says so."""

from __future__ import annotations

from pathlib import Path

import torch

from .rivals import LeftOutError, Subject

SHARE = 2 / 3
"""Of the memory that is free when the run begins: what rivals may take together."""
NUMBER = 4
"""Bytes of a float32."""
OWN = {"ours": 0, "plainest": 0, "copy": 2, "optax": 1, "NumPy": 1}
"""Tensors of all numbers that a rival has besides its states; torch's have none."""
WITHOUT_STATES = ("plainest", "copy")
TOGETHER = 4
"""Parameters, gradients, and what a step that is not fused makes meanwhile: two more."""


def free(device: str) -> int:
    """Bytes that are free on "cpu" or "cuda"."""
    if device == "cuda":
        torch.cuda.empty_cache()
        return int(torch.cuda.mem_get_info()[0])
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/meminfo does not say what memory is available")


class Budget:
    """The memory that the rivals of a subject may take.

    Args:
        bytes_: All of it.
        subject: What is updated.
    """

    def __init__(self, bytes_: int, subject: Subject) -> None:
        self.total, self._subject = bytes_, subject
        self._left = bytes_ - TOGETHER * NUMBER * subject.case.numel

    def take(self, who: str, *, always: bool) -> None:
        """Account for a rival.

        Args:
            who: Name of the rival.
            always: Whether it takes part even if there is no room.

        Raises:
            LeftOutError: There is not enough left.
        """
        states = 0 if who in WITHOUT_STATES else self._subject.facts.states
        needed = (states + OWN.get(who, 0)) * NUMBER * self._subject.case.numel
        if needed > self._left and not always:
            text = f"it needs {needed / 1e9:.1f} GB more, where {max(0, self._left) / 1e9:.1f} GB are left of the"
            raise LeftOutError(f"{text} {self.total / 1e9:.1f} GB that all may take")
        self._left -= needed
