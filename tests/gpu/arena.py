"""Tensors in the middle of larger pieces of memory, which are filled with a pattern that nothing may touch."""

from __future__ import annotations

import torch

PATTERN = 0xA5
WIDTH = 4096
"""Bytes on either side: more than a block that begins or ends in the wrong place."""


class Arena:
    """Pieces of memory, each with a tensor in it."""

    def __init__(self) -> None:
        self._pieces: list[tuple[torch.Tensor, int, int]] = []

    def place(self, tensor: torch.Tensor, offset: int = 0) -> torch.Tensor:
        """A contiguous copy of a tensor, in memory of its own.

        Args:
            tensor: What to copy.
            offset: How many elements behind a place that wide loads could begin at.
        """
        size = tensor.element_size()
        begin, bytes_of_it = WIDTH + offset * size, tensor.numel() * size
        piece = torch.full((begin + bytes_of_it + WIDTH,), PATTERN, dtype=torch.uint8, device=tensor.device)
        self._pieces.append((piece, begin, begin + bytes_of_it))
        return piece[begin : begin + bytes_of_it].view(tensor.dtype).view(tensor.shape).copy_(tensor.detach())

    def check(self) -> None:
        """Assert that the pattern is there on both sides of each tensor."""
        for piece, begin, end in self._pieces:
            for side, what in ((piece[:begin], "before"), (piece[end:], "behind")):
                touched = int((side != PATTERN).sum())
                assert not touched, f"{touched} bytes {what} a tensor of {end - begin} bytes were written"
