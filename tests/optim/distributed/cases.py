"""What the processes run, by names and arguments: the functions, and what they are called with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from beside import NAMES
from checkpoint_ranks import handed_over, resumed, resumed_from_whole, saved
from contract_ranks import (
    copied,
    gradients_elsewhere,
    kernels,
    laid_out,
    looked_at_again,
    mistakes,
    scaled,
    spoiled,
    whole_in_each,
    with_ddp,
    with_fully_shard,
    with_more_parameters,
)
from generated_code import Code
from ranks import by_columns, by_fsdp, mixed, on_grid, refused, trained

REFUSED = ("Adafactor", "SM3")
"""Those that look at rows and columns, which may lie in several processes."""
SHARDED = [name for name in NAMES if name not in REFUSED]
NOISY = ("NoisySGD",)
FEW = ("AdamW", "LAMB", "Prodigy", "NovoGrad", "StableAdamW", "Nesterov")
SAVED = ("AdamW", "LAMB", "NovoGrad", "Prodigy", "Rprop", "ScheduleFreeAdamW", "Sophia")
"""With states of all kinds, learning rates that may not be zero, and further tensors."""
BY_KERNELS = ("AdamW", "LAMB", "LARS", "MARS", "NoisySGD", "NovoGrad", "Prodigy", "RangerLARS", "StableAdamW")
"""With sums of all kinds, and random numbers."""
IN_DDP = ("SGD", "AdamW", "LAMB", "Prodigy", "Adafactor", "Nesterov")
IN_FSDP = ("AdamW", "LAMB", "Prodigy", "Nesterov")
ODD = ("all_at_once", "averages", "optional_finish")
"""Specs that no one would ship, with reductions of all kinds."""
WIDE = (("LAMB", torch.float64), ("Prodigy", torch.bfloat16), ("AdamW", torch.bfloat16))
WAYS = {"columns": by_columns, "mixed": mixed}


def odd_class(code: Code, name: str) -> str:
    """How processes find the optimizer of a spec, which is generated where it is not there yet."""
    code.generate(name)
    return f"{code.folder.name}.{name}.optimizer:{code.specs[name].class_name}"


def cases_of_two(folder: Path) -> dict[Any, tuple[Any, tuple[Any, ...]]]:
    """Names and arguments of cases, each with the function and what it is called with."""
    found: dict[Any, tuple[Any, tuple[Any, ...]]] = {}
    found |= {("sharded", name): (trained, (name, by_fsdp)) for name in SHARDED}
    found |= {("sharded", name, str(dtype)): (trained, (name, by_fsdp, dtype)) for name, dtype in WIDE}
    found |= {(way, name): (trained, (name, share)) for name in FEW for way, share in WAYS.items()}
    found |= {("mixed", name): (trained, (name, mixed)) for name in NOISY}
    found |= {("whole", name): (trained, (name, whole_in_each)) for name in REFUSED}
    found |= {("refused", name): (refused, (name,)) for name in REFUSED}
    found |= {("refused columns", name): (refused, (name, by_columns)) for name in NOISY}
    for name in SAVED:
        found[("saved", name)] = saved, (name, by_fsdp, folder)
        found[("resumed", name)] = resumed, (name, by_fsdp, folder)
        found[("resumed by columns", name)] = resumed, (name, by_columns, folder)
        found[("resumed from a whole", name)] = resumed_from_whole, (name, by_fsdp, folder, True)
        found[("resumed from one process", name)] = resumed_from_whole, (name, mixed, folder, False)
        found[("handed over", name)] = handed_over, (name, by_fsdp)
    found |= {("ddp", name): (with_ddp, (name, True)) for name in IN_DDP}
    found |= {("fully_shard", name): (with_fully_shard, (name, True)) for name in IN_FSDP}
    found |= {("elsewhere", name): (gradients_elsewhere, (name,)) for name in ("AdamW", "LAMB")}
    found |= {("copied", name): (copied, (name,)) for name in ("AdamW", "Prodigy")}
    found |= {("more", name): (with_more_parameters, (name, by_fsdp)) for name in ("AdamW", "LAMB")}
    found |= {("scaled", name): (scaled, (name, by_fsdp)) for name in ("AdamW", "LAMB")}
    found |= {("kernels", name): (kernels, (name, by_fsdp)) for name in BY_KERNELS}
    found |= {("kernels", way, name): (kernels, (name, share)) for name in FEW for way, share in WAYS.items()}
    found |= {("spoiled", name): (spoiled, (name, by_fsdp)) for name in ("NovoGrad", "StableAdamW")}
    found |= {("mistakes",): (mistakes, ()), ("again",): (looked_at_again, ()), ("laid out",): (laid_out, ())}
    return found


def all_cases(odd: Code, spanning: Code, folder: Path) -> dict[Any, tuple[str, tuple[Any, ...]]]:
    """The cases of two processes, with functions by their names."""
    found = cases_of_two(folder) | {("odd", name): (trained, (odd_class(odd, name), by_fsdp)) for name in ODD}
    clipped = odd_class(spanning, "clipped_adamw")
    return named(found | {("clipped", way): (trained, (clipped, share)) for way, share in WAYS.items()})


def named(cases: dict[Any, tuple[Any, tuple[Any, ...]]]) -> dict[Any, tuple[str, tuple[Any, ...]]]:
    """Cases with functions by their names."""
    return {key: (f"{f.__module__}:{f.__name__}", arguments) for key, (f, arguments) in cases.items()}


ON_GRID = named({("grid", name): (trained, (name, on_grid)) for name in ("AdamW", "LAMB", "Prodigy")})
"""The cases of four processes."""
