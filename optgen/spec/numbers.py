"""The numbers that a declaration may give: Python's, NumPy's and SymPy's, fractions and decimals."""

from __future__ import annotations

import math
import struct
from decimal import Decimal
from numbers import Integral, Real
from typing import Any


def plain(value: Any) -> float:
    """What is a number for `why_no_number`, as Python's int or float."""
    return int(value) if isinstance(value, Integral) else float(value)


def why_no_number(value: object) -> str:
    """Why something cannot be declared as a number, behind "is"; empty where it can."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        shown = isinstance(value, str | bool | complex | None)
        return f"{repr(value) if shown else f'of the type {type(value).__name__}'}, which is no real number"
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    except (TypeError, ValueError):
        return "no real number"
    # Decimals and SymPy's numbers become infinite without a word.
    return "beyond the largest double" if math.isinf(number) and value not in (number, -number) else ""


def fits_float32(value: float) -> bool:
    """Whether a finite number stays finite in float32, in which kernels keep states."""
    try:
        struct.pack("<f", value)
    except OverflowError:
        return False
    return True
