"""Prints what LLVM makes of a loop: before, within and behind the options of the CPU path. For a process of its own."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numba import njit

from optgen.generated._runtime import cpu_run


def total(numbers: Any) -> float:
    found = 0.0
    for number in numbers:
        found += number * number
    return found


def products() -> list[str]:
    """The lines that multiply."""
    function: Any = njit(fastmath=True)(total)
    function(np.ones(3, np.float32))
    (text,) = function.inspect_asm().values()
    return [line for line in text.splitlines() if "mul" in line]


before = products()
with cpu_run._whole_lines():
    within = products()
print(json.dumps([before, within, products()]))
