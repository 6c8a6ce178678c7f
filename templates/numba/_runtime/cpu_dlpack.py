"""Tensors as DLPack's C interface describes them to compiled code: whether they are as others were, and where they lie.

Python takes 100 ns to ask torch for both of a tensor; this takes 40. The interface is that of DLPack 1.3, a struct of
functions which torch has had since 2.10: https://dmlc.github.io/dlpack/latest/c_api.html.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import torch
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from .cpu_memory import load, store
from .cpu_run import kept

_INT64 = ir.IntType(64)
_WORDS = 6
"""Of a `DLTensor`: address, device, dimensions and dtype, address of the shape and of the strides, first byte."""


_DESCRIBE = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.c_void_p)


class _Interface(ctypes.Structure):
    """`DLPackExchangeAPI`, as far as it is asked for."""

    _fields_ = [
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        *((name, ctypes.c_void_p) for name in ("previous", "allocate", "share", "take", "describe")),
    ]


class Described:
    """What some tensors are: their classes, dtypes, devices, shapes and strides.

    DLPack says nothing of negative views, which are what torch makes of the imaginary parts of conjugated numbers. One
    of several numbers has gaps between them and is not dense; of single numbers, torch is asked.

    Args:
        tensors: Dense ones, none of them a negative view.

    Raises:
        NotImplementedError: torch has another interface, or none.
        RuntimeError: It does not describe one of the tensors, or what is compiled can be kept nowhere.
    """

    def __init__(self, tensors: Sequence[torch.Tensor]) -> None:
        self._classes = list(map(type, tensors))  # nothing else has their addresses while they are kept
        self._words, self._found = np.zeros(_WORDS, np.int64), np.zeros(len(tensors), np.int64)
        self._is_alike, describe = _compiled(), _DESCRIBE(_describe())
        self._looks = np.array([word for tensor in tensors for word in self._look(tensor, describe)], np.int64)
        self._single = [number for number, tensor in enumerate(tensors) if tensor.numel() == 1]
        arrays = (self._looks, self._found, self._words)
        self._given = (len(tensors), _describe(), *_python(), *(array.ctypes.data for array in arrays))

    def _look(self, tensor: torch.Tensor, describe: Any) -> list[int]:
        describe(tensor, self._words.ctypes.data)
        _, device, kind, shape, strides, _ = self._words.tolist()
        sizes = ctypes.c_int64 * tensor.dim()
        return [id(type(tensor)), device, kind, tensor.dim(), *sizes.from_address(shape), *sizes.from_address(strides)]

    def find(self, tensors: list[Any]) -> NDArray[np.int64] | None:
        """Where the elements of others begin; None if they are not as these were."""
        if len(tensors) != len(self._found):
            return None
        try:
            alike = self._is_alike(tensors, *self._given)
        except RuntimeError:  # what torch says of a tensor that it does not describe
            return None
        if not alike or any(tensors[number].is_neg() for number in self._single):
            return None
        return self._found.copy()


@cache
def _describe() -> int:
    """Address of torch's function that fills a `DLTensor`."""
    capsule = getattr(torch.Tensor, "__dlpack_c_exchange_api__", None)
    if capsule is None:
        raise NotImplementedError("torch has no C interface of DLPack")
    kind = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)
    pointer = kind(("PyCapsule_GetPointer", ctypes.pythonapi))
    interface = _Interface.from_address(pointer(capsule, b"dlpack_exchange_api"))
    if interface.major != 1 or not interface.describe:
        raise NotImplementedError("torch has another C interface of DLPack")
    return int(interface.describe)


@cache
def _python() -> tuple[int, ...]:
    """Addresses of functions of Python: the item of a list, the class of an object, and to let go of it."""
    names = ("PyList_GetItem", "PyObject_Type", "Py_DecRef")
    return tuple(ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0 for name in names)


@intrinsic
def _called(typing: Any, function: Any, first: Any, second: Any, result: Any) -> Any:
    """What the C function at an address gives for two addresses or numbers."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(context.get_value_type(result.dtype), [_INT64, _INT64])
        return builder.call(builder.inttoptr(args[0], kind.as_pointer()), args[1:3])

    return result.dtype(types.int64, types.int64, types.int64, result), generate


@intrinsic
def _class_of(typing: Any, kind_of: Any, forget: Any, thing: Any) -> Any:
    """The address of an object's class."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        gives, takes = ir.FunctionType(_INT64, [_INT64]), ir.FunctionType(ir.VoidType(), [_INT64])
        found = builder.call(builder.inttoptr(args[0], gives.as_pointer()), [args[2]])
        builder.call(builder.inttoptr(args[1], takes.as_pointer()), [found])  # the object itself keeps it
        return found

    return types.int64(types.int64, types.int64, types.int64), generate


@njit
def _word(address: int, number: int) -> int:
    """One of several int64."""
    found: int = load(address, number, types.int64, types.int64)
    return found


def _is_alike(
    tensors: int, count: int, describe: int, item: int, kind_of: int, forget: int, looks: int, found: int, words: int
) -> int:
    """Whether the items of a list are as they were; where they lie is put to `found`.

    Who calls holds Python's lock. Where torch raises an error, Python has been told.
    """
    at = 0
    for number in range(count):
        tensor = _called(item, tensors, number, types.int64)
        if _class_of(kind_of, forget, tensor) != _word(looks, at):
            return 0
        if _called(describe, tensor, words, types.int32) != 0:
            return 0
        if _word(words, 1) != _word(looks, at + 1) or _word(words, 2) != _word(looks, at + 2):
            return 0
        dims, shape, strides = _word(looks, at + 3), _word(words, 3), _word(words, 4)
        at += 4
        for dim in range(dims):
            if _word(shape, dim) != _word(looks, at + dim) or _word(strides, dim) != _word(looks, at + dims + dim):
                return 0
        at += 2 * dims
        store(found, number, _word(words, 0) + _word(words, 5), types.int64)
    return 1


@cache
def _compiled() -> Any:
    """The function, compiled, as Python calls it with a list."""
    kinds = (types.int64,) * 9
    function = kept(njit(no_cpython_wrapper=True)(_is_alike), types.int64(*kinds))
    (result,) = function.overloads.values()
    address = result.library.get_pointer_to_function(result.fndesc.llvm_cfunc_wrapper_name)
    return ctypes.PYFUNCTYPE(ctypes.c_int64, ctypes.py_object, *(ctypes.c_int64,) * 8)(address)
