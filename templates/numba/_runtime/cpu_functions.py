"""Exponential, logarithm, power and cube root of float32 as vectors compute them; those of float64 are the C library's.

The C library takes one number at a time, ten times as long as memory takes to bring it. Here everything is arithmetic
in float64, whose errors are far below what float32 shows: at the end there is one rounding.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import overload

from .cpu_memory import bits_of, to_number

INLINE = {"error_model": "numpy", "forceinline": True, "fastmath": {"contract"}}
"""Vectors are made of loops without calls; a product and a sum may be rounded once."""
_ROOT_HALF = 0x3FE6A09E667F3BCD  # of the square root of a half
_THIRDS = 1430186685  # the upper half of a float64 that is one, times four thirds, and a little less
_LOG2 = [2.0 / ((2 * k + 1) * math.log(2.0)) for k in range(7)]
"""Coefficients of s, s**3, ... in log2((1 + s) / (1 - s)); for |s| < 0.172, what follows is below 7e-13."""
_EXP2 = [math.log(2.0) ** k / math.factorial(k) for k in range(10)]
"""Coefficients of 1, x, x**2, ... in 2**x; for |x| <= 0.5, what follows is below 7e-12."""
_L0, _L1, _L2, _L3, _L4, _L5, _L6 = _LOG2
_E0, _E1, _E2, _E3, _E4, _E5, _E6, _E7, _E8, _E9 = _EXP2


def exp(x: Any) -> Any:
    """The power of e to a number."""
    return math.exp(x)


def log(x: Any) -> Any:
    """The natural logarithm: -inf for 0, NaN below."""
    return math.log(x)


def to_power(x: Any, y: Any) -> Any:
    """`x ** y`; as in NumPy, a negative number has whole powers only."""
    return x**y


def cube_root(x: Any) -> Any:
    """`x ** (1 / 3)`, which a negative number has not."""
    return x ** (1.0 / 3.0)


@njit(**INLINE)
def log2(x: Any) -> Any:
    """The binary logarithm of a positive float64, but for subnormal ones, of which float32 has none.

    Its relative error is below 2e-12.
    """
    bits = bits_of(x)
    exponent = (bits - _ROOT_HALF) >> 52
    mantissa = to_number(bits - (exponent << 52))  # from the root of a half to that of two
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    series = _L0 + z * (_L1 + z * (_L2 + z * (_L3 + z * (_L4 + z * (_L5 + z * _L6)))))
    return exponent + s * series


@njit(**INLINE)
def _exp2(x: Any) -> Any:
    """2 to the power of a number in float64; 0 and inf where float32 has no others."""
    inside = min(max(x, -200.0), 200.0)
    whole = np.floor(inside + 0.5)
    f = inside - whole
    series = _E5 + f * (_E6 + f * (_E7 + f * (_E8 + f * _E9)))
    series = _E0 + f * (_E1 + f * (_E2 + f * (_E3 + f * (_E4 + f * series))))
    return series * to_number((np.int64(whole) + 1023) << 52)


@njit(**INLINE)
def _exp(x: Any) -> Any:
    result = np.float32(_exp2(np.float64(x) * 1.4426950408889634))
    return result if x == x else x


@njit(**INLINE)
def _log(x: Any) -> Any:
    result = np.float32(log2(np.float64(x)) * 0.6931471805599453)
    result = np.float32(-np.inf) if x == np.float32(0) else result
    result = x if x == np.float32(np.inf) else result
    return np.float32(np.nan) if x < np.float32(0) or x != x else result


@njit(**INLINE)
def _power(x: Any, y: Any) -> Any:
    base, exponent = np.float64(x), np.float64(y)
    size = abs(base)
    result = _exp2(exponent * log2(size))
    nothing, all_of_it = (0.0, np.inf) if exponent > 0.0 else (np.inf, 0.0)
    result = nothing if size == 0.0 else result
    result = all_of_it if size == np.inf else result
    result = 1.0 if size == 1.0 else result
    # What a negative number gives depends on the power, which is the same for a whole loop as a rule.
    odd = 1.0 if np.floor(exponent * 0.5) != exponent * 0.5 else 0.0
    ordinary = 0.0 if np.floor(exponent) == exponent else np.nan
    sign = 1.0 - 2.0 * odd if ordinary == 0.0 else 1.0
    is_ordinary = (size > 0.0) & (size < np.inf)
    below = sign * result + (ordinary if is_ordinary else 0.0)
    result = below if bits_of(base) < 0 else result
    result = base + exponent if (base != base) | (exponent != exponent) else result
    result = 1.0 if (exponent == 0.0) | (base == 1.0) else result
    return np.float32(result)


@njit(**INLINE)
def _cube_root(x: Any) -> Any:
    """By one over it: a third of the exponent's bits is within 4 % of that, and each turn leaves the fourth power."""
    size = abs(np.float64(x))
    inverse = to_number((_THIRDS - (((bits_of(size) >> 32) * 0x55555556) >> 32)) << 32)
    for _ in range(2):
        rest = 1.0 - size * inverse * inverse * inverse
        inverse *= 1.0 + rest * (1.0 / 3.0 + rest * (2.0 / 9.0 + rest * (14.0 / 81.0)))
    result = size * inverse * inverse
    result = np.inf if size == np.inf else result
    return np.float32(np.nan if (x < np.float32(0)) & (size < np.inf) else result)


@overload(exp, strict=False, jit_options=INLINE)
def _exp_of(x: Any) -> Any:
    return (lambda x: _exp(x)) if x == types.float32 else (lambda x: np.exp(x))


@overload(log, strict=False, jit_options=INLINE)
def _log_of(x: Any) -> Any:
    return (lambda x: _log(x)) if x == types.float32 else (lambda x: np.log(x))


@overload(to_power, strict=False, jit_options=INLINE)
def _power_of(x: Any, y: Any) -> Any:
    if x == types.float32 and y == types.float32:
        return lambda x, y: _power(x, y)
    return lambda x, y: x**y


@overload(cube_root, strict=False, jit_options=INLINE)
def _cube_root_of(x: Any) -> Any:
    return (lambda x: _cube_root(x)) if x == types.float32 else (lambda x: x ** (1.0 / 3.0))
