"""Transforms: specs with a place for another spec in them, whose equations are run right there.

    @transform(paper="...")
    def slowly(base: Base, theta: Param, g: Grad, slow: State, fast: Local, k: Hyper = hyper(5, ge=1)) -> None:
        fast[t] = base(theta[t-1], g[t])
        ...

`base(theta[t-1], g[t])` calls the function of the base with other series in place of its parameter and gradient. So
its equations come to stand on the same tape, each with its own file and line, and nothing is ever substituted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import sympy

from .functions import Draw
from .model import Equation
from .places import frame_place
from .series import Factor, Grad, Local, MistakeError, Param, State, Tape
from .symbols import At, Expr, First, HyperSymbol, TimeSymbol, t


class _Part:
    """Another spec inside a transform.

    Args:
        name: What the spec is called.
        function: Its spec function.
        arguments: A symbol for each of its parameters.
        tape: What the symbols record on.
        shifted: Whether its gradient is taken elsewhere than at its parameter.
    """

    def __init__(
        self, name: str, function: Callable[..., None], arguments: Mapping[str, object], tape: Tape, shifted: bool
    ) -> None:
        self._name, self._function, self._arguments, self._tape = name, function, dict(arguments), tape
        self._shifted = shifted
        self.changes: dict[str, Any] = {}  # what an outer transform replaces in it

    def _apply(self, once: str) -> None:
        """Note that it is applied, which it may be only once, for the reason given."""
        if self in self._tape.applied:
            raise MistakeError(f"{self._name} is applied twice: {once}")
        self._tape.applied.append(self)


class Base(_Part):
    """What a transform is applied to: takes a parameter and a gradient, and gives the parameter's new value."""

    def __call__(self, theta: Expr, g: Expr, /, **changes: Any) -> Expr:
        """The new parameter.

        Args:
            theta: What the base takes for the parameter before the step: a series at a time.
            g: What it takes for the gradient: a series at a time.
            changes: Other values, by names of the base. For a hyper-parameter, an expression to use in its place. For
                a state or local, a function from its new value to what later equations of the base use for it.
        """
        value: Expr = self._run(theta, g, changes).value
        return value

    def step(self, theta: Expr, g: Expr, /, **changes: Any) -> Expr:
        """What the base subtracts from the parameter; arguments as for a call."""
        inlined = self._run(theta, g, changes)
        with sympy.evaluate(False):
            step: Expr = self._tape.from_place(_decrement(inlined.value, inlined.before), inlined.place)
        return step

    def split(self, theta: Expr, g: Expr, /, **changes: Any) -> tuple[Expr, Expr]:
        """What the base subtracts, as a rate and a direction; arguments as for a call.

        All that it divides by belongs to the rate, and all that is no series, or one that is made of the step and of
        hyper-parameters alone, such as the factor of a schedule. It does not matter which parts of the product have
        names: a local that the base multiplies by stands for its own factors.

        Raises:
            MistakeError: The base subtracts no product.
        """
        inlined, locals_ = self._run(theta, g, changes), self._names(Local)
        named = {e.lhs: e.rhs for e in self._tape.equations if e.lhs.series in locals_}
        known = _known_before(self._tape.equations)
        with sympy.evaluate(False):
            return _rate_and_direction(_decrement(inlined.value, inlined.before), named, known, self._name)

    def _run(self, theta: Expr, g: Expr, changes: Mapping[str, Any]) -> _Parameter:
        self._apply("its states are updated once a step")
        for what, value in (("parameter", theta), ("gradient", g)):
            if not isinstance(value, At):
                text = f"{self._name} is given an expression for its {what}, and takes a series at a time"
                raise MistakeError(f"{text}: give the expression a Local of its own")
        if self._shifted and theta != At(self._tape.param, 1):
            text = f"{self._name} takes its gradient at a point that it makes of the parameter before the step"
            raise MistakeError(f"{text}: give it theta[t-1]")
        arguments = {**self._arguments, **self._changed(changes)}
        inlined = _Parameter("", self._tape, theta)
        for name, argument in self._arguments.items():
            if isinstance(argument, Param):
                arguments[name] = inlined
            elif isinstance(argument, Grad):
                arguments[name] = _Gradient("", self._tape, g)
        self._function(**arguments)
        if inlined.value is None:
            raise MistakeError(f"{self._name} does not update its parameter")
        return inlined

    def _changed(self, changes: Mapping[str, Any]) -> dict[str, object]:
        """The arguments of the base that a transform replaces; those of its own parts are handed on to them.

        What a base shares with its own base is replaced in both.
        """
        changed: dict[str, object] = {}
        public = {_name(argument): name for name, argument in self._arguments.items()}
        for name, value in {**self.changes, **changes}.items():
            argument = self._arguments.get(public.get(name, ""))
            inner = [a for a in self._arguments.values() if isinstance(a, Base) and name in a.known()]
            if inner:
                inner[0].changes[name] = value
            if isinstance(argument, HyperSymbol):
                changed[public[name]] = sympy.sympify(value)
            elif isinstance(argument, State | Local) and callable(value):
                changed[public[name]] = argument.hooked(value)
            elif not inner:
                close = get_close_matches(name, self.known(), n=1)
                hint = f" (did you mean {close[0]}?)" if close else ""
                raise MistakeError(f"{self._name} has no {name}, which the transform changes{hint}")
        return changed

    def known(self) -> set[str]:
        """Names of what a transform may change."""
        return self._names(State, Local, HyperSymbol)

    def _names(self, *kinds: type) -> set[str]:
        """Names of symbols of some kinds, those of its own base included."""
        names = {_name(a) for a in self._arguments.values() if isinstance(a, kinds)}
        return names.union(*(a._names(*kinds) for a in self._arguments.values() if isinstance(a, Base)))


def _name(argument: object) -> str:
    """What a symbol is called."""
    return argument.name if isinstance(argument, HyperSymbol) else getattr(argument, "_name", "")


class Schedule(_Part):
    """What a transform takes a factor for the learning rate from: called with a time, it gives the factor."""

    def __call__(self, when: Expr = t, /) -> Expr:
        """The factor at a time: `schedule(t)`, or `schedule(t - start)` where it begins later."""
        self._apply("give its factor a Local of its own")
        inlined = _Factor("", self._tape)
        factor = {name: inlined for name, argument in self._arguments.items() if isinstance(argument, Factor)}
        start = len(self._tape.equations)
        self._function(**{**self._arguments, **factor})
        if inlined.value is None:
            raise MistakeError(f"{self._name} gives no factor")
        self._tape.equations[start:] = [replace(e, rhs=_at(e.rhs, when)) for e in self._tape.equations[start:]]
        value: Expr = self._tape.from_place(_at(inlined.value, when), inlined.place)
        return value


def _at(node: Any, when: Any) -> Any:
    """An expression at another time; SymPy's own substitution would evaluate it."""
    if isinstance(node, TimeSymbol):
        return when
    return node.func(*(_at(part, when) for part in node.args)) if node.args else node


class _Factor(Factor):
    """The factor of a schedule inside a transform."""

    def __init__(self, name: str, tape: Tape) -> None:
        super().__init__(name, tape)
        self.value: Any = None
        self.place: Any = None

    def __getitem__(self, when: object) -> Expr:
        raise MistakeError("a schedule does not read its factor: give what it needs a Local")

    def __setitem__(self, when: object, value: Expr | float) -> None:
        if self.value is not None:
            raise MistakeError("the factor is assigned twice")
        self.place = frame_place(sys._getframe(1))
        self.value = self._expression(value)


class _Parameter(Param):
    """The parameter of a base inside a transform: its new value goes back to the transform."""

    def __init__(self, name: str, tape: Tape, before: Any) -> None:
        super().__init__(name, tape)
        self.before = before
        self.value: Any = None
        self.place: Any = None

    def __getitem__(self, when: object) -> Expr:
        lag = self.lag(when)
        if lag == 1:
            return self._tape.read(self.before, frame_place(sys._getframe(1)))
        if lag == 0 and self.value is not None:
            return self.value  # type: ignore[no-any-return]  # an expression, as it was assigned
        if isinstance(when, int) and when == 0:
            return First(self._tape.param)
        raise MistakeError("inside a transform, only the values before and behind the step are there")

    def __setitem__(self, when: object, value: Expr | float) -> None:
        if self.value is not None:
            raise MistakeError("the parameter is assigned twice")
        self.place = frame_place(sys._getframe(1))
        self.value = self._tape.from_place(self._expression(value), self.place)


class _Gradient(Grad):
    """The gradient of a base inside a transform."""

    def __init__(self, name: str, tape: Tape, value: Any) -> None:
        super().__init__(name, tape)
        self.value = value

    def __getitem__(self, when: object) -> Expr:
        if self.lag(when) != 0:
            raise MistakeError("the gradient is known at this step only")
        return self._tape.read(self.value, frame_place(sys._getframe(1)))


def _decrement(value: Any, before: Any) -> Any:
    """`before - value`, where the author wrote `before - x` simply `x`."""
    if isinstance(value, sympy.Add) and value.args[0] == before:
        terms = [_negative(term) for term in value.args[1:]]
        return terms[0] if len(terms) == 1 else sympy.Add(*terms)
    return before - value


def _negative(term: Any) -> Any:
    if isinstance(term, sympy.Mul) and term.args[0] is sympy.S.NegativeOne:
        rest = term.args[1:]
        return rest[0] if len(rest) == 1 else sympy.Mul(*rest)
    return sympy.Mul(sympy.S.NegativeOne, term)


def _known_before(equations: Sequence[Equation]) -> set[Any]:
    """The series that are made of the step and of hyper-parameters alone."""
    found: set[Any] = set()
    for equation in equations:
        if isinstance(equation.rhs, sympy.Basic) and equation.rhs.atoms(At, First, Draw) <= found:
            found.add(equation.lhs)
    return found


def _rate_and_direction(decrement: Any, named: Mapping[Any, Any], known: set[Any], name: str) -> tuple[Any, Any]:
    rate: list[Any] = []
    direction: list[Any] = []
    for factor in _factors(decrement, named):
        divides = isinstance(factor, sympy.Pow) and factor.exp is sympy.S.NegativeOne
        (rate if divides or factor.atoms(At) <= known else direction).append(factor)
    if not rate or not direction:
        raise MistakeError(f"what {name} subtracts is no product of a rate and a direction")
    if any(_divides(factor, named) for factor in direction):
        text = f"what {name} subtracts is a sum, of which a part is divided by a series"
        raise MistakeError(f"{text}: apply the transform to a base without that sum, and decay or the like behind it")
    return sympy.Mul(*rate), direction[0] if len(direction) == 1 else sympy.Mul(*direction)


def _divides(node: Any, named: Mapping[Any, Any]) -> bool:
    """Whether a part of an expression is divided by a series, also where it has a name."""
    if isinstance(node, sympy.Pow) and node.exp is sympy.S.NegativeOne and node.base.has(At):
        return True
    value = named.get(node, node)
    others = {name: named[name] for name in named if name != node}
    return any(_divides(part, others) for part in value.args)


def _factors(node: Any, named: Mapping[Any, Any]) -> list[Any]:
    """What a product multiplies, also where a part of it has a name."""
    value = named.get(node, node)
    if isinstance(value, sympy.Mul):
        others = {name: named[name] for name in named if name != node}  # a mistaken local may be made of itself
        return [factor for part in value.args for factor in _factors(part, others)]
    return [node]
