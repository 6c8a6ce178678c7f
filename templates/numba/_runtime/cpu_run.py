"""Compiled functions, each for one part or tensor, and the loops that call them: on all cores, or without threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit, prange, types
from numba.core.caching import FunctionCache

from .cpu_work import PART, Work

_TABLE, _NUMBERS = types.int64[:, ::1], types.float64[:, ::1]
_WORK = types.NamedTuple(
    (
        *(_TABLE, _TABLE, _TABLE, types.int64[::1]),
        *(types.int64, types.int64, types.int64, types.float64[::1]),
        *(_NUMBERS, _NUMBERS, _NUMBERS, types.float64[::1], types.float64[::1]),
    ),
    Work,
)
_ONE = types.void(types.int64, _WORK)
_ALL = types.void(types.FunctionType(_ONE), types.int64, _WORK)


_RUNTIME = sha256(
    b"".join((Path(__file__).parent / f"cpu_{name}.py").read_bytes() for name in ("math", "memory", "work"))
)


class _Cache(FunctionCache):
    """Numba's cache on disk, which looks at a function's own file, but not at what it calls of this folder."""

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        return (*super()._index_key(sig, codegen), _RUNTIME.hexdigest())


@cache
def compiled(make: Callable[..., Any], *constants: Any) -> Any:
    """What `make` gives for some constants, compiled: a function of the number of a part or tensor, and of the work.

    The result of compiling is kept on disk, beside the module or in Numba's own folder.
    """
    function = njit(error_model="numpy", nogil=True)(make(*constants))
    function._cache = _Cache(function.py_func)
    function.compile(_ONE)
    function.disable_compile()
    return function


@njit(_ALL, parallel=True, nogil=True, cache=True)
def _on_all_cores(function: Any, count: int, work: Any) -> None:
    for number in prange(count):
        function(np.int64(number), work)


@njit(_ALL, nogil=True, cache=True)
def _on_one_core(function: Any, count: int, work: Any) -> None:
    for number in range(count):
        function(number, work)


def run(function: Any, count: int, work: Work, numel: int) -> None:
    """Call a function for all parts, or all tensors.

    Args:
        function: Of `compiled`.
        count: How many there are.
        work: What they are of.
        numel: Elements of all of them: for few, starting threads takes longer than the work.
    """
    (_on_all_cores if count > 1 and numel > PART else _on_one_core)(function, count, work)
