"""The series of a spec as its author handles them, and the tape on which they record what is done with them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NoReturn

import sympy

from optgen.problems import Location

from .model import Equation, Kind, Read
from .places import frame_place
from .symbols import At, Condition, Expr, First, t

_LONGEST = 10_000  # lines and uses; a spec beyond this is in a loop that never ends


class MistakeError(Exception):
    """An author's mistake noticed while the spec runs; its text is the message."""


@dataclass
class Tape:
    """What one run of a spec wrote down."""

    equations: list[Equation] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    initial: list[Equation] = field(default_factory=list)
    param: str = ""
    applied: list[object] = field(default_factory=list)
    origins: list[tuple[Any, Location]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.equations) + len(self.reads) + len(self.initial)

    def clear(self) -> None:
        """Forget everything, for another run."""
        for part in (self.equations, self.reads, self.initial, self.applied, self.origins):
            part.clear()

    def read(self, atom: At, place: Location) -> At:
        """Note a use of a series."""
        self.reads.append(Read(atom, place, len(self.equations)))
        self._limit()
        return atom

    def write(self, atom: At, rhs: Any, place: Location) -> None:
        """Note an equation; one that another spec has given stays where it was written."""
        origin = next((where for expr, where in self.origins if expr is rhs), place)
        (self.initial if isinstance(atom, First) else self.equations).append(Equation(atom, rhs, origin))
        self._limit()

    def from_place(self, expr: Any, place: Location) -> Any:
        """Note where an expression was written that is to be assigned elsewhere."""
        self.origins.append((expr, place))
        return expr

    def _limit(self) -> None:
        if len(self) > _LONGEST:
            raise MistakeError("the equations never come to an end: a loop in the spec runs for ever")


def _atom(series: str, when: object) -> At:
    """The value of a series at a time; `when` may be anything."""
    if isinstance(when, int) and not isinstance(when, bool) and when == 0:
        return First(series)
    return At(series, _lag(when))


def _lag(when: object) -> int | None:
    """How many steps `when` lies back: `t-1` gives 1; None for what is no time."""
    with sympy.evaluate(True):
        try:
            difference = sympy.sympify(t - when).doit()
        except (TypeError, ValueError, AttributeError):  # any object may arrive here
            return None
    return int(difference) if difference.is_Integer else None


class _Series:
    """A quantity with a value at each step; `x[t]` is its value at step t."""

    kind: Kind

    def __init__(self, name: str, tape: Tape) -> None:
        self._name, self._tape = name, tape
        self._later: Callable[[Expr], Expr] | None = None

    def __getitem__(self, when: object) -> Expr:
        atom = _atom(self._name, when)
        if self._later is not None and atom.lag == 0 and any(e.lhs == atom for e in self._tape.equations):
            return self._later(atom)
        return self._tape.read(atom, frame_place(sys._getframe(1)))

    def __setitem__(self, when: object, value: Expr | float) -> None:
        self._tape.write(_atom(self._name, when), self._expression(value), frame_place(sys._getframe(1)))

    def called(self, name: str) -> _Series:
        """The same series under another name."""
        series = copy(self)
        series._name = name
        return series

    def hooked(self, later: Callable[[Expr], Expr]) -> _Series:
        """The same series, of which `later(x[t])` is read once `x[t]` is assigned."""
        series = copy(self)
        series._later = cache(later)
        return series

    @staticmethod
    def lag(when: object) -> int | None:
        """How many steps `when` lies back; None for what is no time."""
        return _lag(when)

    def _expression(self, value: object) -> Any:
        try:
            # SymPy would read a text as an expression over symbols of its own.
            rhs = None if isinstance(value, str) else sympy.sympify(value)
        except sympy.SympifyError:
            rhs = None
        if not isinstance(rhs, Expr | Condition):
            raise MistakeError(f"{self._name} is assigned a {type(value).__name__}, which is no expression")
        return rhs

    def _sympy_(self) -> NoReturn:
        raise MistakeError(f"{self._name} has a value at each step: write {self._name}[t] or {self._name}[t-1]")

    def __bool__(self) -> NoReturn:
        self._sympy_()

    def __iter__(self) -> NoReturn:
        # Without this, Python would walk over `x[0]`, `x[1]`, ... and never stop.
        raise MistakeError(f"{self._name} is no collection: an equation holds for every element at once")


class Param(_Series):
    """The parameter tensor: `theta[t-1]` before the update, `theta[t]` after it."""

    kind = Kind.PARAM


class Grad(_Series):
    """The gradient at this step."""

    kind = Kind.GRAD


class State(_Series):
    """What is kept from one step to the next: a tensor, or one number where the equations need no more."""

    kind = Kind.STATE


class Factor(_Series):
    """What a schedule multiplies the learning rate by at each step."""

    kind = Kind.FACTOR


class Local(_Series):
    """A name for an intermediate value of this step."""

    kind = Kind.LOCAL


class Input(_Series):
    """A further tensor that the caller hands over at each step."""

    kind = Kind.INPUT
