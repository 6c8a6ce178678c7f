"""What a file of relations is written in: `relation("...", run(one, ...) == run(other, ...))`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optgen.problems import Location
from optgen.spec.decorators import Declaration, named
from optgen.spec.model import SpecKind
from optgen.spec.places import frame_place
from optgen.spec.series import MistakeError, _Series
from optgen.spec.symbols import At, Condition, Expr, Symbol


class Name(Symbol):
    """A name in an expression: a series of the side that it stands on, or a hyper-parameter, which the sides share."""

    __slots__ = ()
    __iter__ = None  # with `__getitem__` alone, SymPy and Python would walk over it without end

    def __getitem__(self, when: object) -> At:
        """The series at a time: `v[t]`, `v[t-1]`."""
        lag = _Series.lag(when)
        if lag not in (0, 1):
            raise MistakeError(f"{self} is known at [t] and at [t-1]")
        return At(self.name, lag)


class Number(Name):
    """A number that belongs to no spec.

    Attributes:
        bounds: Domain as (relation, bound) pairs.
    """

    __slots__ = ("bounds",)

    bounds: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Run:
    """One side of a claim: a spec that runs with something in it replaced.

    Attributes:
        spec: What runs: a declaration, or a spec that is captured already.
        changes: What replaces what, by name: hyper-parameters, flags, locals, gradient and inputs at each step, the
            parameter and states before the first.
        shown: What is compared, of the values behind each step; the parameter where None.
        location: Where it is written.
    """

    spec: Any
    changes: Mapping[str, Any]
    shown: Any
    location: Location

    def __getitem__(self, shown: Expr) -> Run:
        """The same run, of which something else than the parameter is compared."""
        return replace(self, shown=shown)

    def __eq__(self, other: object) -> Claim:  # type: ignore[override]
        return Claim(self, "==", _a_run(other))

    def __ge__(self, other: object) -> Claim:
        return Claim(self, ">=", _a_run(other))

    def __le__(self, other: object) -> Claim:
        return Claim(_a_run(other), ">=", self)

    __hash__ = object.__hash__


@dataclass(frozen=True)
class Claim:
    """That two runs show the same, or one at least as much as the other, behind each step and in each element."""

    left: Run
    sign: str
    right: Run


@dataclass(frozen=True)
class Relation:
    """A claim with its name.

    Attributes:
        name: What it says, as a sentence.
        claim: What is to be proved.
        given: Conditions that hold at each step, of the left side's values where names are series.
        keeps: States of the left side, with what they are in terms of the right side; others are found.
        steps: How many steps are claimed; every step where None.
        location: Where it is stated.
    """

    name: str
    claim: Claim
    given: tuple[Any, ...] = ()
    keeps: Mapping[str, Any] = field(default_factory=dict)
    steps: int | None = None
    location: Location = field(default_factory=lambda: Location("optgen"))


RELATIONS: list[Relation] = []
"""Every relation that has been stated and not yet collected."""


def names(text: str) -> Any:
    """Symbols for expressions, one for each word of the text; a symbol alone where it is one word."""
    found = tuple(Name(name, real=True) for name in text.replace(",", " ").split())
    return found[0] if len(found) == 1 else found


def number(
    name: str, *, ge: float | None = None, gt: float | None = None, le: float | None = None, lt: float | None = None
) -> Any:
    """A number that belongs to no spec, with its domain as a hyper-parameter has it."""
    made: Number = Symbol.__xnew__(Number, name, real=True)  # type: ignore[attr-defined]  # others of the name differ
    bounds = (("ge", ge), ("gt", gt), ("le", le), ("lt", lt))
    made.bounds = tuple((sign, bound) for sign, bound in bounds if bound is not None)
    return made


def run(spec: Any, /, **changes: Any) -> Run:
    """A spec with something in it replaced.

    Args:
        spec: An optimizer, the result of a transform, or a `form`.
        changes: What replaces what, by names of the spec. A hyper-parameter becomes another expression; a flag is on or
            off; a local has another value at each step, and so has the gradient: `g=c*g`; the parameter and the states
            start elsewhere. In expressions, a series is its newest value, and a hyper-parameter is the one that both
            sides share.
    """
    if not isinstance(spec, Declaration):
        raise MistakeError(f"run(...) takes an optimizer or a form, and was given a {type(spec).__name__}")
    return Run(spec, changes, None, frame_place(sys._getframe(1)))


def relation(
    name: str,
    claim: Claim,
    *,
    given: Condition | tuple[Condition, ...] = (),
    keeps: Mapping[str, Any] | None = None,
    steps: int | None = None,
) -> None:
    """State a relation, for `optgen prove`.

    Args:
        name: What it says.
        claim: `run(...) == run(...)`, `run(...)[x] >= run(...)[y]`.
        given: What holds at each step, if the claim needs it.
        keeps: What states of the left side are in terms of the right side. Needed only where it is not a multiple of
            one state of the right side, which is found.
        steps: How many steps it is about, from the first; every step where None.
    """
    if not isinstance(claim, Claim):
        raise MistakeError(f"a relation claims run(...) == run(...), and was given a {type(claim).__name__}")
    conditions = given if isinstance(given, tuple) else (given,)
    place = frame_place(sys._getframe(1))
    RELATIONS.append(Relation(name, claim, conditions, dict(keeps or {}), steps, Location(place.file, place.line)))


def form(function: Callable[..., None]) -> Declaration:
    """Declare a way to write an optimizer that is there to be compared: nothing is generated from it."""
    place = frame_place(sys._getframe(1))
    return named(Declaration(function, SpecKind.OPTIMIZER, "", "", "", place))


def _a_run(value: object) -> Run:
    if not isinstance(value, Run):
        raise MistakeError(f"run(...) is compared with a {type(value).__name__}: write run(...) on both sides")
    return value
