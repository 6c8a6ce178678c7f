"""Functions that an equation may use.

Each builds an unevaluated SymPy node, so that the order and grouping that the author wrote survive.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, get_args

import sympy
from sympy.core.symbol import Str
from sympy.logic.boolalg import BooleanAtom

from .series import MistakeError
from .symbols import Condition, Expr

if TYPE_CHECKING:

    class _Function(Expr):
        args: tuple[Any, ...]

        def __init__(self, *args: object) -> None: ...

    class _And(Condition):
        args: tuple[Any, ...]

    class _Or(Condition):
        args: tuple[Any, ...]

else:
    _Function = sympy.Function
    _And, _Or = sympy.And, sympy.Or


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


class Cosine(_Function):
    """Cosine of an angle in radians."""

    nargs = 1


class Floor(_Function):
    """The largest whole number that is not above."""

    nargs = 1


class Draw(_Function):
    """Random numbers, one an element and step, numbered within the spec."""

    nargs = 1

    def _sympystr(self, _: object) -> str:
        """As the author wrote it; SymPy has distributions under the same names."""
        return f"{type(self).__name__.lower()}()"


class Normal(Draw):
    """Of the standard normal distribution."""


class Uniform(Draw):
    """Evenly spread from 0 to 1, without 1."""


class Reduction(_Function):
    """Base of the functions that turn many elements into one number.

    A second argument says what they go over; without one, it is the tensor.
    """

    nargs = (1, 2)

    @property
    def over(self) -> str:
        """One of `OVER`."""
        return self.args[1].name if len(self.args) > 1 else "tensor"


class Norm(Reduction):
    """Euclidean norm."""


class Total(Reduction):
    """Sum."""


class Mean(Reduction):
    """Arithmetic mean."""


class MaxAbs(Reduction):
    """Largest magnitude."""


class AllOf(_And):
    """`a & b & c`, in the author's order; SymPy's own And sorts its operands."""

    def __new__(cls, *conditions: Any) -> Any:
        """Join conditions."""
        return _joined(cls, sympy.And, conditions)


class AnyOf(_Or):
    """`a | b | c`, in the author's order."""

    def __new__(cls, *conditions: Any) -> Any:
        """Join conditions."""
        return _joined(cls, sympy.Or, conditions)


def _joined(kind: Any, sorting: Any, conditions: tuple[Any, ...]) -> Any:
    """One row of conditions, in which those that are joined alike already are not nested."""
    if any(isinstance(c, BooleanAtom) for c in conditions):
        return sorting(*conditions)  # Python's own truth values vanish
    row = [part for c in conditions for part in (c.args if isinstance(c, kind) else (c,))]
    return sympy.Basic.__new__(kind, *row)


@contextmanager
def conditions_in_order() -> Iterator[None]:
    """While this lasts, `&` and `|` keep the order of what they join."""
    before = {name: getattr(Condition, name) for name in ("__and__", "__rand__", "__or__", "__ror__")}
    for word, kind in (("and", AllOf), ("or", AnyOf)):
        setattr(Condition, f"__{word}__", _operator(kind, swapped=False))
        setattr(Condition, f"__r{word}__", _operator(kind, swapped=True))
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(Condition, name, method)


def _operator(kind: Any, *, swapped: bool) -> Any:
    def join(self: Any, other: Any) -> Any:
        other = sympy.true if other is True else sympy.false if other is False else other
        if not isinstance(other, Condition):
            return NotImplemented
        return kind(other, self) if swapped else kind(self, other)

    return join


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


_DRAWS = [0]


def restart_draws() -> None:
    """Count draws from one again, for another run of a spec."""
    _DRAWS[0] = 0


def _draw(kind: Any) -> Expr:
    _DRAWS[0] += 1
    draw: Expr = kind(sympy.Integer(_DRAWS[0]))
    return draw


def normal() -> Expr:
    """Noise: a number of the standard normal distribution for each element and step, another at each call."""
    return _draw(Normal)


def uniform() -> Expr:
    """Noise: a number between 0 and 1 for each element and step, another at each call."""
    return _draw(Uniform)


def cos(x: Expr | float) -> Expr:
    """Cosine of each element, in radians."""
    return Cosine(x)


def floor(x: Expr | float) -> Expr:
    """The largest whole number that is not above, of each element."""
    return Floor(x)


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

    A flag chooses a branch, and so does any condition on the host. On a GPU other conditions select: both arms are
    evaluated, so neither may fault.
    """
    return Where(condition, a, b)


Over = Literal["tensor", "all", "rows", "cols", "outputs"]
OVER: tuple[str, ...] = get_args(Over)
"""What a reduction may go over.

The tensor, all tensors that are updated together, each row or column of a matrix, or each slice of the first dimension.
Of a tensor of more than two dimensions, the last two are rows and columns; a vector is one row.
"""


def norm(x: Expr, *, over: Over = "tensor") -> Expr:
    """Euclidean norm over all elements of the tensor, or of what `over` says."""
    return _reduction(Norm, x, over)


def total(x: Expr, *, over: Over = "tensor") -> Expr:
    """Sum over all elements of the tensor, or of what `over` says."""
    return _reduction(Total, x, over)


def mean(x: Expr, *, over: Over = "tensor") -> Expr:
    """Mean over all elements of the tensor, or of what `over` says."""
    return _reduction(Mean, x, over)


def max_abs(x: Expr, *, over: Over = "tensor") -> Expr:
    """Largest magnitude over all elements of the tensor, or of what `over` says."""
    return _reduction(MaxAbs, x, over)


def _reduction(kind: Any, x: Expr, over: object) -> Expr:
    if over not in OVER:
        choices = ", ".join(f'"{choice}"' for choice in OVER)
        raise MistakeError(f"over={over!r} is nothing that a reduction goes over: write one of {choices}")
    reduction: Expr = kind(x) if over == "tensor" else kind(x, Str(over))
    return reduction


def equal(a: Expr | float, b: Expr | float) -> Condition:
    """The condition that two values are equal; Python's `==` compares the expressions themselves."""
    condition: Condition = sympy.Eq(a, b, evaluate=False)
    return condition
