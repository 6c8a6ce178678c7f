"""The atoms of captured equations: SymPy symbols that know what they stand for.

Type checkers see `Expr`, a small class with the arithmetic that a spec may use; at run time it is SymPy's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

if TYPE_CHECKING:

    class Condition:
        """A comparison, a flag, or a combination of them; goes into `where`."""

        def __and__(self, other: Condition) -> Condition: ...
        def __or__(self, other: Condition) -> Condition: ...
        def __invert__(self) -> Condition: ...

    class Expr:
        """A number, array or scalar, in an equation."""

        def __add__(self, other: Expr | float) -> Expr: ...
        def __radd__(self, other: Expr | float) -> Expr: ...
        def __sub__(self, other: Expr | float) -> Expr: ...
        def __rsub__(self, other: Expr | float) -> Expr: ...
        def __mul__(self, other: Expr | float) -> Expr: ...
        def __rmul__(self, other: Expr | float) -> Expr: ...
        def __truediv__(self, other: Expr | float) -> Expr: ...
        def __rtruediv__(self, other: Expr | float) -> Expr: ...
        def __mod__(self, other: Expr | float) -> Expr: ...
        def __rmod__(self, other: Expr | float) -> Expr: ...
        def __pow__(self, other: Expr | float) -> Expr: ...
        def __rpow__(self, other: Expr | float) -> Expr: ...
        def __neg__(self) -> Expr: ...
        def __abs__(self) -> Expr: ...
        def __lt__(self, other: Expr | float) -> Condition: ...
        def __le__(self, other: Expr | float) -> Condition: ...
        def __gt__(self, other: Expr | float) -> Condition: ...
        def __ge__(self, other: Expr | float) -> Condition: ...

    class Symbol(Expr):
        """A named atom."""

        name: str

        def __new__(cls, name: str, **assumptions: Any) -> Any:
            """Make the atom."""

else:
    Expr = sympy.Expr
    Condition = sympy.logic.boolalg.Boolean
    Symbol = sympy.Symbol


class At(Symbol):
    """A series at a time: `m[t]` or `m[t-1]`.

    Attributes:
        series: The declared name, such as "m".
        lag: 0 for `[t]`, 1 for `[t-1]`; other integers, and None for what is no lag at all, are kept for the
            rules to report.
    """

    __slots__ = ("lag", "series")

    series: str
    lag: int | None

    def __new__(cls, series: str, lag: int | None) -> At:
        """Make the atom; equal series and lag give equal atoms."""
        index = {0: "t", None: "?"}.get(lag) or f"t{-lag:+d}"  # type: ignore[operator]  # None is caught by the dict
        atom: At = Symbol.__new__(cls, f"{series}[{index}]", real=True)
        atom.series, atom.lag = series, lag
        return atom


class First(At):
    """A series before the first step: `theta[0]`; means something in an initial equation only."""

    __slots__ = ()

    def __new__(cls, series: str) -> First:
        """Make the atom."""
        atom: First = Symbol.__new__(cls, f"{series}[0]", real=True)
        atom.series, atom.lag = series, None
        return atom


class HyperSymbol(Symbol):
    """A hyper-parameter: one number for the whole update."""

    __slots__ = ()


class FlagSymbol(Symbol, Condition):
    """A structural boolean: decides which equations there are, never a value of an element."""

    __slots__ = ()


class Unknown(Symbol):
    """Stands for what a mistake left without meaning, so that the rest of the spec can still be read."""

    __slots__ = ()
    __iter__ = None  # with `__getitem__` alone, SymPy and Python would walk over it without end

    def __getitem__(self, when: object) -> Unknown:
        """Nothing more is known of it at any step."""
        return self

    def __setitem__(self, when: object, value: object) -> None:
        """What is assigned to it is lost."""


class TimeSymbol(Symbol):
    """The step, counted from 1."""

    __slots__ = ()


class SizeSymbol(Symbol):
    """A number that the shape of the parameter gives."""

    __slots__ = ()


t = TimeSymbol("t", integer=True, positive=True)
"""The step number: 1 at the first update."""

dims = SizeSymbol("dims", integer=True, nonnegative=True)
"""The number of dimensions of the parameter: 2 for a matrix, 1 for a vector, 0 for one number."""

pi: Expr = sympy.pi
"""Half the circumference of a circle of radius one."""
