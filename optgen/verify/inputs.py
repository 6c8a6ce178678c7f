"""Parameters and gradients that expose errors: zeros, spikes, tiny values, and steps without any gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

SILENT_STEP = 3
"""At this step of a run every gradient is zero."""


def parameters(rng: np.random.Generator, size: int) -> Array:
    """float32 parameters of magnitudes from 1e-3 to 10, some of them zero."""
    theta = rng.standard_normal(size) * 10.0 ** rng.uniform(-3, 1, size)
    theta[rng.random(size) < 0.05] = 0.0
    return theta.astype(np.float32)


def gradients(rng: np.random.Generator, size: int, step: int) -> Array:
    """float32 gradients of magnitudes from 1e-4 to 10, with zeros, spikes of 100 and values near 1e-7.

    Args:
        rng: Source of the numbers.
        size: How many.
        step: Position in the run, from 0.
    """
    if step == SILENT_STEP:
        return np.zeros(size, np.float32)
    g = rng.standard_normal(size) * 10.0 ** rng.uniform(-4, 1, size)
    kind = rng.random(size)
    g[kind < 0.10] = 0.0
    g[(kind >= 0.10) & (kind < 0.15)] *= 100.0
    g[(kind >= 0.15) & (kind < 0.20)] *= 1e-7
    return g.astype(np.float32)


def sizes(block: int) -> list[int]:
    """1, a block less one, a block, a block and one, and a prime above it."""
    prime = next(n for n in range(block + 2, 2 * block + 3) if all(n % d for d in range(2, int(n**0.5) + 1)))
    return [1, block - 1, block, block + 1, prime]
