"""What the functions of the spec language mean, at 50 digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import mul
from typing import Any

import mpmath
import sympy
from sympy.core.relational import Relational

from optgen.spec.functions import Absolute, Cosine, Floor, Maximum, Minimum, Sign

NAN = mpmath.mpf("nan")


class UndefinedError(ArithmeticError):
    """A division by zero or a logarithm of zero, to which mathematics has no answer.

    Floating point answers with an infinity, whose sign may depend on that of a zero.
    """


_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
}


def function(node: Any) -> Callable[[list[Any]], Any]:
    """What a composed node computes from the values of its operands."""
    if isinstance(node, Relational):
        relation = _RELATIONS[node.rel_op]
        return lambda args: relation(*args)
    match node:
        case sympy.Add():
            return lambda args: mpmath.fsum(args)
        case sympy.Mul():
            return lambda args: reduce(mul, args)  # mpmath's own product of infinity and NaN is infinity
        case sympy.Pow():
            return lambda args: _power(*args)
        case sympy.And():
            return all
        case sympy.Or():
            return any
        case sympy.Not():
            return lambda args: not args[0]
        case Maximum():
            return largest
        case Minimum():
            return lambda args: -largest([-x for x in args])
        case Absolute() | sympy.Abs():
            return lambda args: abs(args[0])
        case Sign() | sympy.sign():
            return lambda args: mpmath.sign(args[0])
        case sympy.exp():
            return lambda args: mpmath.exp(args[0])
        case sympy.log():
            return lambda args: _logarithm(args[0])
        case Cosine():
            return lambda args: mpmath.cos(args[0])
        case Floor():
            return lambda args: mpmath.floor(args[0]) if mpmath.isfinite(args[0]) else args[0]
        case sympy.Mod():
            return lambda args: _modulo(*args)
    raise NotImplementedError(str(node))


def largest(values: Sequence[Any]) -> Any:
    """NaN wins, as in NumPy."""
    return NAN if any(mpmath.isnan(x) for x in values) else max(values)


def _power(base: Any, exponent: Any) -> Any:
    if exponent == 0:
        return mpmath.mpf(1)
    if (base == 0 and exponent < 0) or mpmath.isinf(exponent):
        raise UndefinedError
    if mpmath.isnan(base) or mpmath.isnan(exponent):
        return NAN
    if exponent == int(exponent):
        return base ** int(exponent)
    if base < 0:
        return NAN
    return mpmath.sqrt(base) if exponent == 0.5 else base**exponent


def _modulo(x: Any, y: Any) -> Any:
    return NAN if y == 0 or not mpmath.isfinite(x) else x - y * mpmath.floor(x / y)


def _logarithm(x: Any) -> Any:
    if x == 0:
        raise UndefinedError
    return NAN if x < 0 else mpmath.log(x)
