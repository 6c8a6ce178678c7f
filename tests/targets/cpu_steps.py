"""Steps of the code for CPUs in a process of its own, and a digest of all bits that they give.

Arguments: the elements of a part, and modules such as `optgen.generated.adamw.cpu`.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from hashlib import sha256
from typing import Any

import torch

SHAPES = ((64, 33), (3, 40, 7), (501,), (0, 3))


def tensors(seed: int) -> list[torch.Tensor]:
    """Random tensors of a few shapes, of numbers that bfloat16 has."""
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator).bfloat16().float() for shape in SHAPES]


def stepped(module: Any, steps: int, dtypes: tuple[torch.dtype, ...] = (torch.float32,) * len(SHAPES)) -> list[Any]:
    """Parameters and states behind some steps."""
    thetas = [theta.to(dtype) for theta, dtype in zip(tensors(0), dtypes, strict=True)]
    together = hasattr(module, "check_thetas")
    noise = {"seed": 5} if "seed" in inspect.signature(module.step_).parameters else {}
    states: list[Any] = [module.init(thetas)] if together else list(map(module.init, thetas))
    for t in range(1, steps + 1):
        calls = [(thetas, tensors(t), states[0])] if together else zip(thetas, tensors(t), states, strict=True)
        for theta, grad, state in calls:
            module.step_(theta, grad, state, t, **noise)
    return [thetas, states]


def flat(found: Any) -> list[torch.Tensor]:
    """All tensors of nested lists and states."""
    if isinstance(found, torch.Tensor):
        return [found]
    return [x for part in (found.values() if isinstance(found, dict) else found) for x in flat(part)]


def digest(found: Any) -> str:
    """Of all bits."""
    return sha256(b"".join(x.reshape(-1).numpy().tobytes() for x in flat(found))).hexdigest()


def main() -> None:
    """Print the threads that there are, and a digest for each module."""
    import numba

    lines = []
    for name in sys.argv[2:]:
        module = importlib.import_module(name)
        for runtime in ("cpu_work", "cpu_run"):
            found = importlib.import_module(f".._runtime.{runtime}", module.__package__)
            vars(found)["PART"] = int(sys.argv[1])
        lines.append(digest(stepped(module, 3)))
    print(numba.get_num_threads(), *lines)


if __name__ == "__main__":
    main()
