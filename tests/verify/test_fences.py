"""Tensors in fences: values in and out, and what a write outside leaves behind."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from optgen.verify.fences import Buffers, Fenced


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("size", [0, 1, 5])
def test_values_come_back_rounded_to_the_dtype(dtype: str, size: int) -> None:
    array = np.array([1.0, -2.5, 0.1, 3e-5, 100.0], np.float32)[:size]
    fenced = Fenced(array, 8, 976.0, "cpu", dtype)
    assert str(fenced.tensor.dtype) == f"torch.{dtype}"
    assert fenced.tensor.is_contiguous()
    assert fenced.values.dtype == np.float32
    assert np.allclose(fenced.values, array, rtol=2.0**-8 if dtype == "bfloat16" else 2.0**-10)
    fenced.fill(array * 2)
    assert np.allclose(fenced.values, array * 2, rtol=2.0**-8)
    assert fenced.intact


def test_values_are_copies() -> None:
    fenced = Fenced(np.zeros(3, np.float32), 8, 976.0, "cpu")
    fenced.values[:] = 5
    assert not fenced.values.any()


@pytest.mark.parametrize("place", [0, 7, 11, 18])
def test_a_write_outside_breaks_the_fence(place: int) -> None:
    fenced = Fenced(np.zeros(3, np.float32), 8, 976.0, "cpu")
    fenced.buffer[place] = 1.0
    assert not fenced.intact


def test_float64_keeps_all_digits() -> None:
    fenced = Fenced(np.array([0.1, 1e300]), 8, 976.0, "cpu", "float64")
    assert fenced.values.dtype == np.float64
    assert fenced.values.tolist() == [0.1, 1e300]


@pytest.mark.parametrize("shape", [(), 0, 5, (2, 3), (0, 4)])
def test_arrays_of_code_lie_in_fences(shape: int | tuple[int, ...]) -> None:
    buffers = Buffers()
    arrays = [buffers.empty(shape), buffers.zeros(shape, np.int64), buffers.array(np.ones(shape, np.float32))]
    assert [array.dtype for array in arrays] == [np.float64, np.int64, np.float32]
    assert all(array.shape == np.empty(shape).shape and array.flags.c_contiguous for array in arrays)
    assert np.isnan(arrays[0]).all()
    assert (arrays[1] == 0).all()
    assert (arrays[2] == 1).all()
    for array in arrays:
        array[...] = 7
    assert buffers.intact
    assert buffers.add is np.add


@pytest.mark.parametrize("place", [-1, 5])
def test_a_write_outside_of_an_array_breaks_its_fence(place: int) -> None:
    buffers = Buffers()
    array = buffers.zeros(5)
    ctypes.c_double.from_address(array.ctypes.data + 8 * place).value = 1.0
    assert not buffers.intact
