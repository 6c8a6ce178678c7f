"""Tensors in fences: values in and out, and what a write outside leaves behind."""

from __future__ import annotations

import numpy as np
import pytest

from optgen.verify.fences import Fenced


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
