"""Functions of numbers that are compiled for CPUs, as vectors compute them; and what compiling leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numba import float32, float64, njit
from numpy.typing import NDArray

from optgen.generated._runtime import cpu_functions, cpu_noise, cpu_run, noise
from optgen.generated._runtime.cpu_memory import load, store

Array = NDArray[Any]
COUNT = 1 << 18
SEED, STEP, TENSOR, DRAW = 0x9E3779B97F4A7C15 >> 1, 100_003, 7, 2


def normals(address: int, first: int, count: int, real: Any) -> None:
    for i in range(count):
        store(address, i, cpu_noise.normal(SEED, STEP, TENSOR, first + i, DRAW, real), real)


def uniforms(address: int, first: int, count: int, real: Any) -> None:
    for i in range(count):
        store(address, i, cpu_noise.uniform(SEED, STEP, TENSOR, first + i, DRAW, real), real)


def exponentials(address: int, count: int) -> None:
    for i in range(count):
        store(address, i, cpu_functions.exp(load(address, i, float32, float32)), float32)


def logarithms(address: int, count: int) -> None:
    for i in range(count):
        store(address, i, cpu_functions.log(load(address, i, float32, float32)), float32)


@cache
def compiled(function: Callable[..., None]) -> Any:
    return njit(error_model="numpy")(function)


def drawn(function: Any, dtype: Any, first: int = 0) -> Array:
    numbers = np.empty(COUNT, dtype)
    compiled(function)(numbers.ctypes.data, first, COUNT, float32 if dtype == np.float32 else float64)
    return numbers


def ulps(found: Array, right: Array) -> Array:
    """Distances of float32 numbers from exact ones, in units of their last place."""
    distances: Array = np.abs(found.astype(np.float64) - right) / np.spacing(np.abs(right).astype(np.float32))
    return distances


def test_random_numbers_are_those_of_numpy() -> None:
    like = np.zeros(COUNT)
    assert np.array_equal(drawn(uniforms, np.float64), noise.uniform(like, SEED, STEP, TENSOR, DRAW))
    right = noise.normal(like, SEED, STEP, TENSOR, DRAW)
    assert np.abs(drawn(normals, np.float64) - right).max() < 1e-14
    assert np.array_equal(drawn(uniforms, np.float32), noise.uniform(like.astype(np.float32), SEED, STEP, TENSOR, DRAW))
    assert ulps(drawn(normals, np.float32), right).max() < 0.501  # float64's, rounded once


@pytest.mark.parametrize("first", [2**32 - 100, 2**40])
def test_so_they_are_of_elements_beyond_32_bits(first: int) -> None:
    assert ulps(drawn(normals, np.float32, first), drawn(normals, np.float64, first)).max() < 0.501
    near = drawn(normals, np.float64)
    assert np.intersect1d(near, drawn(normals, np.float64, first)).size < COUNT / 1000


def test_exponential_and_logarithm_are_rounded_once() -> None:
    some = np.random.default_rng(0).uniform(-87, 88, COUNT).astype(np.float32)
    found = some.copy()
    compiled(exponentials)(found.ctypes.data, COUNT)
    assert ulps(found, np.exp(some.astype(np.float64))).max() < 0.501
    some = np.exp(some.astype(np.float64)).astype(np.float32)
    found = some.copy()
    compiled(logarithms)(found.ctypes.data, COUNT)
    assert ulps(found, np.log(some.astype(np.float64))).max() < 0.501


def total(numbers: Array) -> float:
    found = 0.0
    for number in numbers:
        found += number * number
    return found


def products() -> list[str]:
    """The lines of a compiled loop that multiply."""
    function: Any = njit(fastmath=True)(total)
    function(np.ones(3, np.float32))
    (text,) = function.inspect_asm().values()
    return [line for line in text.splitlines() if "mul" in line]


def test_functions_of_others_are_compiled_as_ever() -> None:
    before = products()
    with cpu_run._whole_lines():
        assert products() != before
    assert products() == before
