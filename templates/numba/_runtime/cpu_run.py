"""Compiled functions, each for one part or tensor, and the loops that call them: on all cores, or without threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from platform import machine
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import njit, prange, types
from numba.core.caching import FunctionCache
from numba.core.compiler_lock import global_compiler_lock
from numba.extending import intrinsic

from .cpu_work import PART, Work

_TABLE, _NUMBERS = types.int64[:, ::1], types.float64[:, ::1]
_FIELDS = (
    *(_TABLE, _TABLE, _TABLE, types.int64[::1]),
    *(types.int64, types.int64, types.int64, types.float64[::1]),
    *(_NUMBERS, _NUMBERS, _NUMBERS, types.float64[::1], types.float64[::1]),
)
_WORK = types.NamedTuple(_FIELDS, Work)
_ONE = types.void(types.int64, _WORK)
# Numba takes the tuples of two packages of generated code for the same type; their fields are the same.
_ALL = types.void(types.int64, types.int64, *_FIELDS)

_RUNTIME = sha256(
    b"".join(
        (Path(__file__).parent / f"cpu_{name}.py").read_bytes()
        for name in ("functions", "math", "memory", "noise", "run", "work")
    )
)


class _Cache(FunctionCache):
    """Numba's cache on disk, which looks at a function's own file, but not at what it calls of this folder.

    Nor does it look at the name of the package, which what it keeps refers to.
    """

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        _, *others = super()._index_key(sig, codegen)
        return (__package__, str(sig), *others, _RUNTIME.hexdigest())


_IS_X86 = machine().lower() in ("x86_64", "amd64")
_BESIDE = 2 if llvm.get_host_cpu_name().startswith("znver") else 1
_OPTIONS = {"vectorizer-maximize-bandwidth": 1, "force-vector-interleave": _BESIDE}
"""Vectors are as many numbers long as the shortest type allows, and so many are computed beside each other."""


@contextmanager
def _whole_lines() -> Iterator[None]:
    """Let a turn of a loop take 8 float32 of each tensor at once, in vectors of 256 bits, and 16 on processors of AMD.

    Beside sums in float64, LLVM takes 4 by itself, which costs norms a tenth and sums of rows a quarter. On AMD's, 16
    are a whole line of a cache: large tensors begin at the same place of a page, so that more of them than a cache has
    ways push each other out, and what is left of a line has to be fetched again. Short rows of 16 bits are better off
    with less, and lose a tenth. On Intel's, 16 take 1 to 7 percent longer than 8.

    LLVM has these options for all of a process; with the lock nobody else compiles meanwhile. On other machines than
    x86 it also asks whether they have ever been set, and would compile other loops of the process differently ever
    after: there all is left as it is.
    """
    with global_compiler_lock:
        try:
            for name, value in _OPTIONS.items() if _IS_X86 else ():
                llvm.set_option("", f"-{name}={value}")
            yield
        finally:
            for name in _OPTIONS if _IS_X86 else ():
                llvm.set_option("", f"-{name}=0")


_functions: list[Any] = []
"""All that has been compiled; none is ever given back, since its address is kept."""


def kept(function: Any, signature: Any) -> Any:
    """A function compiled for a signature, by this process or an earlier one.

    What was compiled lies on disk, beside the module or in Numba's own folder.
    """
    function._cache = _Cache(function.py_func)
    with _whole_lines():
        function.compile(signature)
    function.disable_compile()
    _functions.append(function)
    return function


@cache
def compiled(make: Callable[..., Any], *constants: Any) -> int:
    """What `make` gives for some constants, compiled: a function of the number of a part or tensor, and of the work.

    Gives its address, which lives as long as the process: to hand over the function itself takes Numba 30 us.
    """
    # Python never calls it, and what Python would need takes Numba a third of the time.
    by_address = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
    function = kept(by_address(make(*constants)), _ONE)
    (result,) = function.overloads.values()
    return int(result.library.get_pointer_to_function(result.fndesc.llvm_func_name))


@intrinsic
def _call(typing: Any, address: Any, number: Any, work: Any) -> Any:
    """Call the compiled function at an address; none of them raises."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        convention = context.call_conv
        kind = convention.get_function_type(types.void, (types.int64, _WORK))
        function = builder.inttoptr(args[0], ir.PointerType(kind))
        convention.call_function(builder, function, types.void, (types.int64, _WORK), args[1:])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, work), generate


def _on_all_cores(
    address, count, parts, shapes, pointers, numbers, seed, step, numel, scalars, partials, totals, values, sums, made
):
    work = Work(parts, shapes, pointers, numbers, seed, step, numel, scalars, partials, totals, values, sums, made)
    for number in prange(count):
        _call(address, np.int64(number), work)


def _on_one_core(
    address, count, parts, shapes, pointers, numbers, seed, step, numel, scalars, partials, totals, values, sums, made
):
    work = Work(parts, shapes, pointers, numbers, seed, step, numel, scalars, partials, totals, values, sums, made)
    for number in range(count):
        _call(address, number, work)


@cache
def _loop(on_all_cores: bool) -> Any:
    """One of the two, compiled when it is first needed."""
    return kept(njit(parallel=on_all_cores, nogil=True)(_on_all_cores if on_all_cores else _on_one_core), _ALL)


def run(address: int, count: int, work: Work, numel: int) -> None:
    """Call a function for all parts, or all tensors.

    Args:
        address: Of `compiled`.
        count: How many there are.
        work: What they are of.
        numel: Elements of all of them: for few, starting threads takes longer than the work.
    """
    _loop(count > 1 and numel > PART)(address, count, *work)
