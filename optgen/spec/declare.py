"""What a spec file writes: the decorator, the annotations, and the declarations behind them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from types import FrameType
from typing import Any

import sympy

from optgen.problems import Location

from .model import Equation, Kind, Read
from .symbols import At, Expr, FlagSymbol, HyperSymbol, t


class Mistake(Exception):
    """An author's mistake noticed while the spec runs; its text is the message."""


@dataclass
class Tape:
    """What one run of a spec wrote down."""

    equations: list[Equation] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)


def _here(frame: FrameType) -> Location:
    """The place in the source that `frame` is executing, columns included."""
    code = frame.f_code
    line, _, column, end = next(islice(code.co_positions(), frame.f_lasti // 2, None))
    return Location(code.co_filename, line or frame.f_lineno, -1 if column is None else column, -1 if end is None else end)


def _lag(when: object) -> int | None:
    """How many steps `when` lies back: `t-1` gives 1; None for what is no time."""
    with sympy.evaluate(True):
        try:
            difference = sympy.sympify(t - when).doit()  # type: ignore[operator]  # any object may arrive here
        except (TypeError, sympy.SympifyError):
            return None
    return int(difference) if difference.is_Integer else None


class _Series:
    """A quantity with a value at each step; `x[t]` is its value at step t."""

    kind: Kind

    def __init__(self, name: str, tape: Tape) -> None:
        self._name, self._tape = name, tape

    def __getitem__(self, when: object) -> Expr:
        atom = At(self._name, _lag(when))
        self._tape.reads.append(Read(atom, _here(sys._getframe(1)), len(self._tape.equations)))
        return atom

    def __setitem__(self, when: object, value: Expr | float) -> None:
        atom, place = At(self._name, _lag(when)), _here(sys._getframe(1))
        self._tape.equations.append(Equation(atom, sympy.sympify(value), place))

    def _sympy_(self) -> None:
        raise Mistake(f"{self._name} has a value at each step: write {self._name}[t] or {self._name}[t-1]")

    def __bool__(self) -> bool:
        self._sympy_()
        return False


class Param(_Series):
    """The parameter tensor: `theta[t-1]` before the update, `theta[t]` after it."""

    kind = Kind.PARAM


class Grad(_Series):
    """The gradient at this step."""

    kind = Kind.GRAD


class State(_Series):
    """A tensor kept from one step to the next."""

    kind = Kind.STATE


class Local(_Series):
    """A name for an intermediate value of this step."""

    kind = Kind.LOCAL


class Input(_Series):
    """A further tensor that the caller hands over at each step."""

    kind = Kind.INPUT


Hyper = HyperSymbol
Flag = FlagSymbol


@dataclass(frozen=True)
class HyperDeclaration:
    """What `hyper(...)` was given."""

    default: Any
    tex: str | None
    bounds: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class StateDeclaration:
    """What `state(...)` was given."""

    init: Any
    tex: str | None
    key: str | None
    only_if: str | None


@dataclass(frozen=True)
class FlagDeclaration:
    """What `flag(...)` was given."""

    default: Any
    doc: str


@dataclass(frozen=True)
class NameDeclaration:
    """What `symbol(...)` was given."""

    tex: str


def hyper(
    default: float,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    tex: str | None = None,
) -> Any:
    """Declare a hyper-parameter.

    Args:
        default: Value where the user gives none; has to lie in the domain.
        ge: Values are at least this.
        gt: Values are above this.
        le: Values are at most this.
        lt: Values are below this.
        tex: LaTeX of the symbol; guessed from the name where absent (`beta1` gives `\\beta_{1}`).
    """
    bounds = (("ge", ge), ("gt", gt), ("le", le), ("lt", lt))
    return HyperDeclaration(default, tex, tuple((k, v) for k, v in bounds if v is not None))


def state(
    *, init: float | str = 0.0, tex: str | None = None, key: str | None = None, only_if: str | None = None
) -> Any:
    """Declare more about a state; one without this starts at zero.

    Args:
        init: First value: a number, or the name of a hyper-parameter.
        tex: LaTeX of the symbol without its time index.
        key: Name in checkpoints, for interchange with other libraries; the state's own name where absent.
        only_if: Name of the flag under which the state exists.
    """
    return StateDeclaration(init, tex, key, only_if)


def flag(default: bool = False, *, doc: str = "") -> Any:
    """Declare a structural boolean.

    Args:
        default: Value where the user gives none.
        doc: What it does, as a phrase for the documentation.
    """
    return FlagDeclaration(default, doc)


def symbol(tex: str) -> Any:
    """Declare the LaTeX of a parameter, gradient, local or input."""
    return NameDeclaration(tex)


@dataclass(frozen=True)
class Declaration:
    """A spec function that has been declared but not yet run."""

    function: Callable[..., None]
    paper: str
    class_name: str
    title: str

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.__name__

    @property
    def file(self) -> str:
        """File that the function stands in."""
        return self.function.__code__.co_filename

    @property
    def doc(self) -> str:
        """The function's docstring, unindented."""
        return inspect.getdoc(self.function) or ""


def optimizer(*, paper: str = "", class_name: str = "", title: str = "") -> Callable[[Callable[..., None]], Any]:
    """Declare an optimizer: the decorated function's parameters are its symbols, its body is the update.

    Args:
        paper: Citation, as free text.
        class_name: Name of the torch class; the function's name in CamelCase where absent.
        title: Heading in the documentation; the class name where absent.
    """

    def declare(function: Callable[..., None]) -> Declaration:
        camel = "".join(part.capitalize() for part in function.__name__.split("_"))
        return Declaration(function, paper, class_name or camel, title or class_name or camel)

    return declare
