"""Functions of numbers that are compiled for CPUs, as vectors compute them; and what compiling leaves behind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import float32, float64, njit
from numpy.typing import NDArray

from optgen.generated._runtime import cpu_functions, cpu_noise, cpu_run, noise
from optgen.generated._runtime.cpu_memory import load, store
from optgen.verify.noise import philox

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


def one_uniform(seed: int, step: int, tensor: int, element: int, draw: int) -> Any:
    return cpu_noise.uniform(seed, step, tensor, element, draw, np.float64)


@cache
def compiled(function: Callable[..., Any]) -> Any:
    return njit(error_model="numpy")(function)


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function compiled as those of generated code are."""
    with cpu_run._whole_lines():
        return compiled(function)(*arguments)


def drawn(function: Any, dtype: Any, first: int = 0) -> Array:
    numbers = np.empty(COUNT, dtype)
    run(function, numbers.ctypes.data, first, COUNT, float32 if dtype == np.float32 else float64)
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
    distances = ulps(drawn(normals, np.float32), right)
    assert distances[np.abs(right) > 1e-15].max() < 0.501  # float64's, rounded once


@pytest.mark.parametrize("element", [0, 2**20 + 3, 2**31, 2**32 - 1, 2**32, 2**33 + 5, 2**47 - 1])
@pytest.mark.parametrize(
    ("draw", "step", "tensor", "seed"),
    [(0, 1, 0, 0), (1, 2**32 - 1, 1, 2**32 - 1), (3, 2**32 + 1, 2**31, 2**32), (65535, 2**40, 2**32 - 1, 2**63 - 1)],
)
def test_all_of_the_counter_and_the_key_count(element: int, draw: int, step: int, tensor: int, seed: int) -> None:
    counter = (element % 2**32, element >> 32 | draw << 16, step % 2**32, tensor)
    bits, *_ = philox(counter, (seed % 2**32, seed >> 32))
    assert run(one_uniform, seed, step, tensor, element, draw) == (bits >> 8) / 2**24


@pytest.mark.skipif(not cpu_run._IS_X86, reason="looks at the instructions of x86")
def test_normal_numbers_are_made_by_vectors_without_calls() -> None:
    drawn(normals, np.float32)
    code = next(text for key, text in compiled(normals).inspect_asm().items() if "float32" in str(key))
    assert "sqrtpd" in code
    assert not re.search(r"\b(log|cos)\b", code)


def test_exponential_and_logarithm_are_rounded_once() -> None:
    some = np.random.default_rng(0).uniform(-87, 88, COUNT).astype(np.float32)
    found = some.copy()
    run(exponentials, found.ctypes.data, COUNT)
    assert ulps(found, np.exp(some.astype(np.float64))).max() < 0.501
    some = np.exp(some.astype(np.float64)).astype(np.float32)
    found = some.copy()
    run(logarithms, found.ctypes.data, COUNT)
    assert ulps(found, np.log(some.astype(np.float64))).max() < 0.501


def test_functions_of_others_are_compiled_as_ever() -> None:
    script = Path(__file__).parent / "loop_code.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    before, within, behind = json.loads(done.stdout)
    assert before
    assert behind == before
    assert not cpu_run._IS_X86 or within != before
