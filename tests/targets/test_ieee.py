"""The runtime's host arithmetic is that of NumPy's float64, and never raises."""

from __future__ import annotations

import math
from itertools import product
from types import ModuleType

import numpy as np
import pytest
from generated_code import Code

NUMBERS = [0.0, -0.0, 5e-324, -1e-300, 0.3, -0.3, 1.0, -1.0, 2.0, -2.0, 2.5, -3.0, 710.0, -746.0, 1e300, -1e308]
NUMBERS += [math.inf, -math.inf, math.nan, 2, -3, 0]
TWO = {"divide": np.divide, "power": np.power, "maximum": np.maximum, "minimum": np.minimum}
ONE = {"sqrt": np.sqrt, "exp": np.exp, "log": np.log, "sign": np.sign}


@pytest.fixture(scope="module")
def ieee(shipped: Code) -> ModuleType:
    """The runtime's module."""
    return shipped.runtime("ieee")


def same(got: float, wanted: float) -> bool:
    """Equal to the last digit but one; NaN and infinity in the same places, with the same sign."""
    assert type(got) is float
    return (math.isnan(got) and math.isnan(wanted)) or got == wanted or math.isclose(got, wanted, rel_tol=4e-16)


@pytest.mark.parametrize("name", TWO)
def test_of_two(ieee: ModuleType, name: str) -> None:
    for x, y in product(NUMBERS, NUMBERS):
        with np.errstate(all="ignore"):
            wanted = float(TWO[name](np.float64(x), np.float64(y)))
        got = getattr(ieee, name)(x, y)
        assert same(got, wanted), f"{name}({x}, {y}) = {got}, not {wanted}"
        if got == 0 and name in ("divide", "power"):
            assert math.copysign(1, got) == math.copysign(1, wanted), f"{name}({x}, {y})"


@pytest.mark.parametrize("name", ONE)
def test_of_one(ieee: ModuleType, name: str) -> None:
    for x in NUMBERS:
        with np.errstate(all="ignore"):
            wanted = float(ONE[name](np.float64(x)))
        got = getattr(ieee, name)(x)
        assert same(got, wanted), f"{name}({x}) = {got}, not {wanted}"
