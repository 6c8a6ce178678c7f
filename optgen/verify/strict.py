"""Triton's interpreter and torch made as unforgiving as a GPU may be.

Outside of its tensors a kernel may read whatever it likes here, and faults there; it may write, and spoils the memory
of the process. Numbers that a launch is given keep their double precision here. Where a load is masked off and no
other value is given, anything may come on a GPU, and zero here. What `torch.empty` gives may by chance be what an
earlier step left there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class OutsideError(Exception):
    """A kernel touched memory outside of its tensors."""


@dataclass(frozen=True)
class Extent:
    """Where a tensor that a kernel was given lies: first address, and the one behind the last."""

    name: str
    start: int
    end: int


_given: list[Extent] = []
"""The tensors of the launch that runs."""

_tables: dict[int, list[Extent]] = {}
"""The tensors whose addresses stand in a table, by the address of the table."""


def watch(batch: Any) -> None:
    """Remember the tensors of each batch that is made: kernels find them by a table of addresses.

    Args:
        batch: The class of batches, of the generated runtime; what a batch keeps is looked at when it is made.
    """
    if getattr(batch, "_is_watched", False):
        return
    make = batch.__init__

    def watched(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        named = [(f"series {n}", x) for n, tensors in enumerate([*self.series, *self.room]) for x in tensors or ()]
        _tables[self.table.data_ptr()] = extents(named)

    batch.__init__ = watched
    batch._is_watched = True


def fill_empty() -> None:
    """Let `torch.empty` give NaN, on any device."""
    import torch  # only worker processes need it, and it takes a second

    torch.utils.deterministic.fill_uninitialized_memory = True  # type: ignore[attr-defined]  # its stub lacks it
    # What `torch.use_deterministic_algorithms` does, which also imports torch's compiler, for a second.
    torch._C._set_deterministic_algorithms(True, warn_only=True)


def be_strict() -> bool:
    """Refuse accesses outside of the tensors of a launch, give large numbers where loads are masked off, and round.

    Returns:
        Whether it could be arranged: the interpreter's interface for it is Triton's own, and may change.
    """
    try:
        from triton.runtime.interpreter import GridExecutor as Launch
        from triton.runtime.interpreter import InterpreterBuilder as Builder

        prepare, load, store = Launch._init_args_hst, Builder.create_masked_load, Builder.create_masked_store
    except (ImportError, AttributeError):
        return False
    if getattr(Builder, "_is_strict", False):
        return True

    def strict_prepare(launch: Any, args: Any, kwargs: Any) -> Any:
        positional, named, *more = prepare(launch, args, kwargs)  # perhaps copies
        positional = [single(value) for value in positional]
        named = {name: single(value) for name, value in named.items()}
        _given[:] = extents(zip(launch.arg_names, positional, strict=False), named.items())
        _given.extend(extent for table in list(_given) for extent in _tables.get(table.start, ()))
        return (positional, named, *more)

    def strict_load(builder: Any, ptrs: Any, mask: Any, other: Any, *args: Any, **kwargs: Any) -> Any:
        look(_given, ptrs.data, mask.data, "reads")
        result = load(builder, ptrs, mask, other, *args, **kwargs)
        if other is None:
            spoil(result.data, mask.data)
        return result

    def strict_store(builder: Any, ptrs: Any, value: Any, mask: Any, *args: Any, **kwargs: Any) -> Any:
        look(_given, ptrs.data, mask.data, "writes")
        return store(builder, ptrs, value, mask, *args, **kwargs)

    Launch._init_args_hst = strict_prepare
    Builder.create_masked_load, Builder.create_masked_store = strict_load, strict_store
    Builder._is_strict = True
    return True


def single(value: Any) -> Any:
    """What a launch makes of an argument: a float arrives in float32, where it may be zero or infinite."""
    if type(value) is not float:
        return value
    with np.errstate(over="ignore", under="ignore"):
        return float(np.float32(value))


def extents(*arguments: Iterable[tuple[str, Any]]) -> list[Extent]:
    """Where those of the given arguments lie that are tensors."""
    tensors = [(name, value) for pairs in arguments for name, value in pairs if hasattr(value, "data_ptr")]
    return [Extent(name, t.data_ptr(), t.data_ptr() + t.numel() * t.element_size()) for name, t in tensors]


def look(given: list[Extent], addresses: Array, mask: Array, verb: str) -> None:
    """Raise an OutsideError if an address in use is in no tensor; it names the one that is nearest."""
    used = addresses[np.broadcast_to(mask, addresses.shape).astype(bool)]
    if not used.size:
        return
    low, high = int(used.min()), int(used.max())
    if any(extent.start <= low and high < extent.end for extent in given):
        return
    inside = np.zeros(used.shape, bool)
    for extent in given:
        inside |= (used >= extent.start) & (used < extent.end)
    if not inside.all():
        lost = int(used[~inside][0])
        nearest = min(given, key=lambda e: min(abs(lost - e.start), abs(lost - e.end)), default=Extent("", 0, 0))
        raise OutsideError(f"{verb} memory outside of {nearest.name or 'every tensor'}")


def spoil(values: Array, mask: Array) -> None:
    """Overwrite what is masked off with a large number, which a sum over it would show."""
    off = ~np.broadcast_to(mask, values.shape).astype(bool)
    if values.dtype.kind == "f" and off.any():
        values[off] = np.finfo(values.dtype).max / 1e8
