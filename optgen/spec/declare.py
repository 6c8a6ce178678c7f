"""What a spec file writes: the decorator, the annotations, and the declarations behind them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, NoReturn

import sympy

from optgen.problems import Location

from .model import Equation, Kind, Read
from .places import frame_place
from .symbols import At, Condition, Expr, FlagSymbol, HyperSymbol, t

_LONGEST = 10_000  # lines and uses; a spec beyond this is in a loop that never ends


class MistakeError(Exception):
    """An author's mistake noticed while the spec runs; its text is the message."""


@dataclass
class Tape:
    """What one run of a spec wrote down."""

    equations: list[Equation] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.equations) + len(self.reads)

    def clear(self) -> None:
        """Forget everything, for another run."""
        self.equations.clear()
        self.reads.clear()


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

    def __getitem__(self, when: object) -> Expr:
        atom, place = At(self._name, _lag(when)), frame_place(sys._getframe(1))
        self._tape.reads.append(Read(atom, place, len(self._tape.equations)))
        self._limit()
        return atom

    def __setitem__(self, when: object, value: Expr | float) -> None:
        atom, place = At(self._name, _lag(when)), frame_place(sys._getframe(1))
        self._tape.equations.append(Equation(atom, self._expression(value), place))
        self._limit()

    def _expression(self, value: object) -> Any:
        try:
            # SymPy would read a text as an expression over symbols of its own.
            rhs = None if isinstance(value, str) else sympy.sympify(value)
        except sympy.SympifyError:
            rhs = None
        if not isinstance(rhs, Expr | Condition):
            raise MistakeError(f"{self._name} is assigned a {type(value).__name__}, which is no expression")
        return rhs

    def _limit(self) -> None:
        if len(self._tape) > _LONGEST:
            raise MistakeError("the equations never come to an end: a loop in the spec runs for ever")

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
    r"""Declare a hyper-parameter.

    Args:
        default: Value where the user gives none; has to lie in the domain.
        ge: Values are at least this.
        gt: Values are above this.
        le: Values are at most this.
        lt: Values are below this.
        tex: LaTeX of the symbol; guessed from the name where absent (`beta1` gives `\beta_{1}`).
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
    """A spec function that has been declared but not yet run.

    Attributes:
        function: The author's function.
        paper: Citation.
        class_name: Name of the torch class.
        title: Heading in the documentation.
        location: Where the decorator was applied.
    """

    function: Callable[..., None]
    paper: str
    class_name: str
    title: str
    location: Location

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.__name__

    @property
    def doc(self) -> str:
        """The function's docstring, unindented."""
        return inspect.getdoc(self.function) or ""


DECLARED: list[Declaration] = []
"""Every declaration that has not been collected yet, so that the loader misses none that a file makes."""


def optimizer(
    function: object = None, /, *, paper: str = "", class_name: str = "", title: str = ""
) -> Callable[[Callable[..., None]], Any]:
    """Declare an optimizer: the decorated function's parameters are its symbols, its body is the update.

    Args:
        function: Nothing; what Python hands over where the parentheses are missing.
        paper: Citation, as free text.
        class_name: Name of the torch class; the function's name in CamelCase where absent.
        title: Heading in the documentation; the class name where absent.
    """
    if function is not None:
        raise MistakeError('write @optimizer(paper="...") or @optimizer(), with parentheses')

    def declare(function: Callable[..., None]) -> Declaration:
        if not isinstance(function, FunctionType):
            raise MistakeError("@optimizer(...) stands on top of a function: def name(theta: Param, g: Grad, ...)")
        camel = "".join(part.capitalize() for part in function.__name__.split("_"))
        place = frame_place(sys._getframe(1))
        declaration = Declaration(function, paper, class_name or camel, title or class_name or camel, place)
        DECLARED.append(declaration)
        return declaration

    return declare
