"""Functions that an equation may use.

Each builds an unevaluated SymPy node, so that the order and grouping that the author wrote survive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from .symbols import Condition, Expr

if TYPE_CHECKING:

    class _Function(Expr):
        args: tuple[Any, ...]

        def __init__(self, *args: object) -> None: ...

else:
    _Function = sympy.Function


class Where(_Function):
    """`where(condition, a, b)`."""

    nargs = 3


class Maximum(_Function):
    """Element by element, the larger of two; SymPy's own Max forgets the order of its arguments."""

    nargs = 2


class Minimum(_Function):
    """Element by element, the smaller of two."""

    nargs = 2


class Absolute(_Function):
    """Magnitude of each element."""

    nargs = 1


class Sign(_Function):
    """-1, 0 or 1; NaN stays NaN."""

    nargs = 1


class Reduction(_Function):
    """Base of the functions that turn all elements of a tensor into one number."""

    nargs = 1


class Norm(Reduction):
    """Euclidean norm."""


class Total(Reduction):
    """Sum."""


class Mean(Reduction):
    """Arithmetic mean."""


class MaxAbs(Reduction):
    """Largest magnitude."""


def sqrt(x: Expr | float) -> Expr:
    """Square root of each element."""
    root: Expr = sympy.Pow(x, sympy.Rational(1, 2), evaluate=False)
    return root


def exp(x: Expr | float) -> Expr:
    """Exponential of each element."""
    value: Expr = sympy.exp(x, evaluate=False)
    return value


def log(x: Expr | float) -> Expr:
    """Natural logarithm of each element."""
    value: Expr = sympy.log(x, evaluate=False)
    return value


def sign(x: Expr | float) -> Expr:
    """Sign of each element: -1, 0 or 1; NaN stays NaN."""
    return Sign(x)


def absolute(x: Expr | float) -> Expr:
    """Magnitude of each element."""
    return Absolute(x)


def maximum(a: Expr | float, b: Expr | float) -> Expr:
    """The larger of two, element by element; NaN wins."""
    return Maximum(a, b)


def minimum(a: Expr | float, b: Expr | float) -> Expr:
    """The smaller of two, element by element; NaN wins."""
    return Minimum(a, b)


def where(condition: Condition, a: Expr | float, b: Expr | float) -> Expr:
    """`a` where the condition holds, else `b`.

    A condition that is a flag, or coarser than one element, chooses a branch; a per-element condition selects, and
    then both arms are evaluated, so neither may fault.
    """
    return Where(condition, a, b)


def norm(x: Expr) -> Expr:
    """Euclidean norm over all elements of the tensor."""
    return Norm(x)


def total(x: Expr) -> Expr:
    """Sum over all elements of the tensor."""
    return Total(x)


def mean(x: Expr) -> Expr:
    """Mean over all elements of the tensor."""
    return Mean(x)


def max_abs(x: Expr) -> Expr:
    """Largest magnitude over all elements of the tensor."""
    return MaxAbs(x)


def equal(a: Expr | float, b: Expr | float) -> Condition:
    """The condition that two values are equal; Python's `==` compares the expressions themselves."""
    condition: Condition = sympy.Eq(a, b, evaluate=False)
    return condition
