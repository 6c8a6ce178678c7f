"""Tensors as DLPack's C interface describes them to compiled code: whether they are as others were, and where they lie.

Python takes 100 ns to ask torch for both of a tensor; this takes 25 to 50, and 1 us a call. The interface is that of
DLPack 1.3, a struct of functions which torch has had since 2.10: https://dmlc.github.io/dlpack/latest/c_api.html.
"""

from __future__ import annotations

import ctypes
import sys
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
_ADDRESS, _DEVICE, _FORM, _SHAPE, _STRIDES, _OFFSET = range(6)
"""The words of a `DLTensor`; the lower half of the form counts dimensions, the upper one is the dtype."""
_CLASS, _WHERE, _WHAT, _SIZES = range(4)
"""The words of what is remembered of a tensor: its class, device and form, then the shape, and then the strides."""


class _Interface(ctypes.Structure):
    """`DLPackExchangeAPI`, as far as it is asked for."""

    _fields_ = [
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        *((name, ctypes.c_void_p) for name in ("previous", "allocate", "share", "take", "describe")),
    ]


class Described:
    """What some tensors are: their classes, dtypes, devices, shapes and strides.

    DLPack says nothing of negative views, which torch makes of the imaginary parts of conjugated numbers: their strides
    are even. Of dense tensors, those of single numbers alone can be such, and there torch is asked. What `as_strided`
    or `torch._neg_view` make without gaps is not told from other tensors.

    A copy would not do: compiled code is given the addresses of what is kept here.

    Args:
        tensors: Dense ones, none of them a negative view.

    Raises:
        NotImplementedError: torch has another interface, or none.
        RuntimeError: It does not describe one of the tensors.
    """

    def __init__(self, tensors: Sequence[torch.Tensor]) -> None:
        record, self._are_alike = _compiled()
        self._classes = list(map(type, tensors))  # nothing else has their addresses while they are kept
        self._words, self._found = np.zeros(6, np.int64), np.zeros(len(tensors), np.int64)
        asked = (len(tensors), _describe(), *_python())
        words, listed = self._words.ctypes.data, list(tensors)
        self._looks = np.zeros(record(listed, *asked, 0, 0, words), np.int64)
        record(listed, *asked, self._looks.ctypes.data, len(self._looks), words)
        self._given = (*asked, self._looks.ctypes.data, self._found.ctypes.data, words)
        self._single = [i for i, x in enumerate(tensors) if x.numel() == 1 and not any(n % 2 for n in x.stride())]

    def find(self, tensors: list[Any]) -> NDArray[np.int64] | None:
        """Where the elements of others begin; None if they are not as these were."""
        if len(tensors) != len(self._found):
            return None
        try:
            alike = self._are_alike(tensors, *self._given)
            alike = alike and not any(tensors[number].is_neg() for number in self._single)
        except Exception:  # noqa: BLE001  # of what is no dense tensor; who looks next says more of it
            return None
        return self._found.copy() if alike else None


@cache
def _describe() -> int:
    """Address of torch's function that fills a `DLTensor`."""
    capsule = getattr(torch.Tensor, "__dlpack_c_exchange_api__", None)
    locked = getattr(sys, "_is_gil_enabled", lambda: True)()
    if capsule is None or not locked or sys.byteorder != "little":
        raise NotImplementedError("torch has no C interface of DLPack, or Python no lock that makes it safe")
    pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)
    interface = _Interface.from_address(
        pointer(("PyCapsule_GetPointer", ctypes.pythonapi))(capsule, b"dlpack_exchange_api")
    )
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
        prototype = ir.FunctionType(context.get_value_type(result.dtype), [_INT64, _INT64])
        return builder.call(builder.inttoptr(args[0], prototype.as_pointer()), args[1:3])

    return result.dtype(types.int64, types.int64, types.int64, result), generate


@intrinsic
def _class(typing: Any, class_of: Any, forget: Any, thing: Any) -> Any:
    """The address of an object's class, which the object keeps."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        gives, takes = ir.FunctionType(_INT64, [_INT64]), ir.FunctionType(ir.VoidType(), [_INT64])
        found = builder.call(builder.inttoptr(args[0], gives.as_pointer()), [args[2]])
        builder.call(builder.inttoptr(args[1], takes.as_pointer()), [found])
        return found

    return types.int64(types.int64, types.int64, types.int64), generate


@njit
def _word(address: int, number: int) -> int:
    """One of several int64."""
    found: int = load(address, number, types.int64, types.int64)
    return found


def _record(
    tensors: int, count: int, describe: int, item: int, class_of: int, forget: int, looks: int, room: int, words: int
) -> int:
    """Put what is to be remembered of the items of a list to `looks`, as far as there is room; gives how long it is."""
    end = 0
    for number in range(count):
        tensor = _called(item, tensors, number, types.int64)
        if _called(describe, tensor, words, types.int32) != 0:
            return 0
        begin, dims = end, _word(words, _FORM) & 0xFFFFFFFF
        end += _SIZES + 2 * dims
        if end <= room:
            store(looks, begin + _CLASS, _class(class_of, forget, tensor), types.int64)
            store(looks, begin + _WHERE, _word(words, _DEVICE), types.int64)
            store(looks, begin + _WHAT, _word(words, _FORM), types.int64)
            for dim in range(dims):
                store(looks, begin + _SIZES + dim, _word(_word(words, _SHAPE), dim), types.int64)
                store(looks, begin + _SIZES + dims + dim, _word(_word(words, _STRIDES), dim), types.int64)
    return end


def _are_alike(
    tensors: int, count: int, describe: int, item: int, class_of: int, forget: int, looks: int, found: int, words: int
) -> int:
    """Whether the items of a list are as they were; where they lie is put to `found`."""
    at = 0
    for number in range(count):
        tensor = _called(item, tensors, number, types.int64)
        if _class(class_of, forget, tensor) != _word(looks, at + _CLASS):
            return 0
        if _called(describe, tensor, words, types.int32) != 0:
            return 0
        form = _word(words, _FORM)
        if _word(words, _DEVICE) != _word(looks, at + _WHERE) or form != _word(looks, at + _WHAT):
            return 0
        dims, shape, strides = form & 0xFFFFFFFF, _word(words, _SHAPE), _word(words, _STRIDES)
        at += _SIZES
        for dim in range(dims):
            if _word(shape, dim) != _word(looks, at + dim) or _word(strides, dim) != _word(looks, at + dims + dim):
                return 0
        at += 2 * dims
        store(found, number, _word(words, _ADDRESS) + _word(words, _OFFSET), types.int64)
    return 1


@cache
def _compiled() -> tuple[Any, Any]:
    """Both functions as Python calls them with a list: with its lock, and errors that torch has told it are raised."""
    prototype = ctypes.PYFUNCTYPE(ctypes.c_int64, ctypes.py_object, *(ctypes.c_int64,) * 8)
    return prototype(_address(_record)), prototype(_address(_are_alike))


def _address(function: Any) -> int:
    compiled = kept(njit(no_cpython_wrapper=True)(function), types.int64(*(types.int64,) * 9))
    (result,) = compiled.overloads.values()
    return int(result.library.get_pointer_to_function(result.fndesc.llvm_cfunc_wrapper_name))
