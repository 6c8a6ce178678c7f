"""Numbers as literals of device code."""

from __future__ import annotations

from fractions import Fraction

import pytest

from optgen.ir.nodes import Const
from optgen.targets.triton.printer import DevicePrinter


@pytest.mark.parametrize("value", [0, 1, -3, 10**15, 10**16, 10**20, -(10**20), Fraction(1, 3), Fraction(1, 10), 2**64])
def test_a_literal_is_a_float_of_that_value(value: int | Fraction) -> None:
    text = DevicePrinter({}, {}, ())(Const(Fraction(value)))
    assert isinstance(eval(text), float)
    assert eval(text) == float(value)
