"""Runs the captured equations of one side, step by step, in numbers or in symbols: the algebra decides which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import sympy
from sympy.core.relational import Relational

from optgen.spec.functions import Draw, Reduction, Where
from optgen.spec.model import Equation, Kind, Series, Spec
from optgen.spec.symbols import At, FlagSymbol, HyperSymbol, SizeSymbol, TimeSymbol

from .declare import Name, Number


class Algebra(Protocol):
    """What values are, and what can be done with them."""

    def number(self, value: Any) -> Any:
        """A rational number, pi, or an infinity."""

    def free(self, name: Any) -> Any:
        """A hyper-parameter that both sides share, or a number of its own."""

    def combine(self, node: Any, args: list[Any]) -> Any:
        """An operation or function of the language, by its node, on values."""

    def compare(self, relation: str, a: Any, b: Any) -> Any:
        """A condition."""

    def all_of(self, conditions: list[Any]) -> Any:
        """Whether all hold."""

    def negated(self, condition: Any) -> Any:
        """Whether it does not hold."""

    def choose(self, condition: Any, a: Callable[[], Any], b: Callable[[], Any]) -> Any:
        """One of two; only the one that is chosen is looked at, where that is known."""

    def reduced(self, node: Any, value: Any) -> Any:
        """One number for all elements, or for those of a line."""

    def size(self, name: str) -> Any:
        """A number that the shape of the parameter gives."""

    def draw(self, node: Any, step: int) -> Any:
        """Noise."""


class AbsentError(LookupError):
    """A value that the flags do not want, or that is not known yet."""


class Machine:
    """One side of a claim.

    Args:
        spec: What runs.
        changes: What replaces what, by name, as SymPy expressions and truth values.
        algebra: What values are.
    """

    def __init__(self, spec: Spec, changes: Mapping[str, Any], algebra: Algebra) -> None:
        self.spec, self.changes, self.algebra = spec, changes, algebra
        self.declared = {s.name: s for s in spec.series}
        self.values: dict[tuple[str, int], Any] = {}
        self.time: Any = None
        self.count = 0

    @property
    def kept(self) -> list[str]:
        """The parameter, and the states that the flags do not rule out."""
        return [self.spec.param.name, *(s.name for s in self.spec.states if self._exists(s))]

    def start(self, theta: Any) -> dict[str, Any]:
        """The parameter and the states before the first step."""
        param = self.spec.param.name
        self.values = {(param, 1): theta}
        self.values[param, 1] = self._changed(param, theta)
        equations = {e.lhs.series: e.rhs for e in self.spec.initial}
        for s in self.spec.states:
            if not self._exists(s):
                continue
            if s.name in self.changes:
                first = self._changed(s.name, None)
            elif s.name in equations:
                first = self.value(equations[s.name])
            else:
                first = self._hyper(s.init) if isinstance(s.init, str) else self.value(sympy.sympify(s.init))
            self.values[s.name, 1] = first
        return {name: self.values[name, 1] for name in self.kept}

    def step(self, before: Mapping[str, Any], given: Mapping[str, Any], time: Any, count: int) -> dict[str, Any]:
        """The parameter and the states behind a step.

        Args:
            before: Those before it.
            given: Gradient and inputs.
            time: Number of the step.
            count: Which draw of noise this is.
        """
        self.time, self.count = time, count
        self.values = {(name, 1): value for name, value in before.items()}
        for name, value in given.items():
            self.values[name, 0] = value
            self.values[name, 0] = self._changed(name, value)
        for equation in self.spec.equations:
            self._assign(equation)
        return {name: self.values[name, 0] if (name, 0) in self.values else self.values[name, 1] for name in self.kept}

    def _assign(self, equation: Equation) -> None:
        name = equation.lhs.series
        series = self.declared[name]
        if not self._exists(series):
            return
        try:
            if name in self.changes and series.kind is Kind.LOCAL:
                self.values[name, 0] = self._changed(name, None)
            else:
                self.values[name, 0] = self.value(equation.rhs)
        except AbsentError:
            if series.kind is not Kind.LOCAL:  # a local that is made of what is absent is so itself
                raise

    def _exists(self, series: Series) -> bool:
        return series.only_if is None or self._flag(series.only_if) is not False

    def _changed(self, name: str, otherwise: Any) -> Any:
        return self.value(self.changes[name]) if name in self.changes else otherwise

    def _flag(self, name: str) -> Any:
        """Whether a flag is on: one that follows a hyper-parameter may be undecided."""
        flag = next(f for f in self.spec.flags if f.name == name)
        if flag.nonzero:
            return self.algebra.compare("!=", self._hyper(flag.nonzero), self.algebra.number(sympy.S.Zero))
        return bool(self.changes.get(name, flag.default))

    def _hyper(self, name: str) -> Any:
        return self.value(self.changes[name]) if name in self.changes else self.algebra.free(name)

    def named(self, name: Name) -> Any:
        """What a name means on this side: the newest value of a series, or what the sides share."""
        if isinstance(name, Number) or name.name not in self.declared:
            return self.algebra.free(name)
        for lag in (0, 1):
            if (name.name, lag) in self.values:
                return self.values[name.name, lag]
        raise AbsentError(name.name)

    def value(self, node: Any) -> Any:
        """The value of a SymPy tree."""
        match node:
            case Name():
                return self.named(node)
            case At():
                lag = 1 if node.lag is None else node.lag  # before the first step, there is only the parameter
                if (node.series, lag) not in self.values:
                    raise AbsentError(node.series)
                return self.values[node.series, lag]
            case HyperSymbol():
                return self._hyper(node.name)
            case TimeSymbol():
                return self.time
            case SizeSymbol():
                return self.algebra.size(node.name)
            case Reduction():
                return self.algebra.reduced(node, self.value(node.args[0]))
            case Draw():
                return self.algebra.draw(node, self.count)
            case Where():
                condition, a, b = node.args
                return self.algebra.choose(self.condition(condition), lambda: self.value(a), lambda: self.value(b))
            case sympy.Float():  # the decimal that the author wrote
                return self.algebra.number(sympy.Rational(repr(float(node))))
        if not node.args:
            return self.algebra.number(node)
        return self.algebra.combine(node, [self.value(part) for part in node.args])

    def condition(self, node: Any) -> Any:
        """The value of a condition."""
        match node:
            case FlagSymbol():
                return self._flag(node.name)
            case Relational():
                return self.algebra.compare(node.rel_op, *map(self.value, node.args))
            case sympy.Not():
                return self.algebra.negated(self.condition(node.args[0]))
            case sympy.And():
                return self.algebra.all_of([self.condition(part) for part in node.args])
            case sympy.Or():
                negated = [self.algebra.negated(self.condition(part)) for part in node.args]
                return self.algebra.negated(self.algebra.all_of(negated))
            case sympy.true | sympy.false:
                return bool(node)
        raise NotImplementedError(str(node))
