"""The captured equations themselves, evaluated at 50 digits: nothing of the IR, the passes or the printers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy.core.relational import Relational

from optgen.spec.functions import (
    Draw,
    MaxAbs,
    Mean,
    Norm,
    Reduction,
    Total,
    Where,
)
from optgen.spec.model import Equation, Kind, Series, Spec
from optgen.spec.symbols import At, FlagSymbol, HyperSymbol, SizeSymbol, TimeSymbol

from .exact import UndefinedError, function, largest
from .layout import RATES, Layout, reach

DIGITS = 50

Value = Callable[[int], Any]
"""The value of a SymPy tree for an element."""


class AbsentError(LookupError):
    """A value of a state that the flags do not want, or one made of such."""


class Oracle:
    """Evaluates the equations of a spec on chosen elements.

    Args:
        spec: The captured spec.
    """

    def __init__(self, spec: Spec) -> None:
        self.declared = {s.name: s for s in spec.series}
        self.hyper: dict[str, Any] = {}
        self.flags: dict[str, bool] = {}
        self.t: Any = None
        self.count = 0
        self.layout = Layout(((1,),))
        self.together = "all" in reach(spec)
        self.values: dict[tuple[str, int], Sequence[Any]] = {}
        self.noise: Mapping[Any, Sequence[Any]] = {}
        self.once: dict[Any, Any] = {}
        self.coarse: set[str] = set()
        self.arms: dict[Any, set[bool]] = {}
        """What each condition of a choice has been so far."""
        self.equations = [self._compiled(equation) for equation in spec.equations]
        self.firsts = {equation.lhs.series: self._value(equation.rhs) for equation in spec.initial}
        self.bounds = [
            self._value(side)
            for equation in spec.equations
            for condition in equation.rhs.atoms(Relational)
            if not condition.has(Draw)
            for side in condition.args
            if not side.has(At, SizeSymbol, TimeSymbol)
        ]

    def thresholds(self, hyper: Mapping[str, float], flags: Mapping[str, bool]) -> list[float]:
        """Numbers that the conditions of the equations compare with, as hyper-parameters make them."""
        self.hyper = {name: mpmath.mpf(value) for name, value in hyper.items()}
        self.flags, self.once = dict(flags), {}
        with mpmath.workdps(DIGITS):
            found = [_answer(value, 0) for value in self.bounds]
        return [float(x) for x in found if x is not None]

    def step(
        self,
        series: Mapping[str, Sequence[float]],
        hyper: Mapping[str, float],
        flags: Mapping[str, bool],
        t: int,
        noise: Mapping[Any, Sequence[Any]] = MappingProxyType({}),
        layout: Layout | None = None,
    ) -> dict[str, list[Any]]:
        """Run every equation.

        Args:
            series: Values before the step: parameter, gradient, states and inputs, for the same elements; of what is
                coarser, its value for each of them. A spec with reductions needs all elements of all tensors.
            hyper: Value of each hyper-parameter, taken as the exact double.
            flags: Value of each flag.
            t: Number of the step.
            noise: What each draw gives for the same elements.
            layout: Of the tensors; one vector of all elements where None.

        Returns:
            Parameter and states behind the step, one number an element; NaN where a root or logarithm of a negative
            number is taken, and None where there is no answer (see `UndefinedError`).
        """
        self.hyper = {name: mpmath.mpf(value) for name, value in hyper.items()}
        self.flags, self.t, self.once, self.noise = dict(flags), mpmath.mpf(t), {}, noise
        self.count = len(next(iter(series.values()), "1"))
        self.layout = layout or Layout(((self.count,),))
        self.values = {}
        for name, values in series.items():
            before = self.declared[name].kind in (Kind.PARAM, Kind.STATE)
            self.values[name, int(before)] = [mpmath.mpf(float(x)) for x in values]
        with mpmath.workdps(DIGITS):
            for name, compute in self.equations:
                self._assign(self.declared[name], compute)
        kept = [s.name for s in self.declared.values() if s.kind in (Kind.PARAM, Kind.STATE, Kind.FACTOR)]
        kept += [s.at for s in self.declared.values() if s.at]
        return {name: list(self.values[name, 0]) for name in kept if (name, 0) in self.values}

    def initial(
        self, theta: Sequence[float], hyper: Mapping[str, float], flags: Mapping[str, bool]
    ) -> dict[str, list[Any]]:
        """The states before the first step, for elements of the parameter; one without an equation is its number."""
        self.hyper = {name: mpmath.mpf(value) for name, value in hyper.items()}
        self.flags, self.once, self.count = dict(flags), {}, len(theta)
        param = next(s.name for s in self.declared.values() if s.kind is Kind.PARAM)
        self.values = {(param, 0): [mpmath.mpf(float(x)) for x in theta]}
        found: dict[str, list[Any]] = {}
        with mpmath.workdps(DIGITS):
            for s in self.declared.values():
                if s.kind is Kind.STATE and (s.only_if is None or flags[s.only_if]):
                    start = self.hyper[s.init] if isinstance(s.init, str) else mpmath.mpf(repr(float(s.init)))
                    value = self.firsts.get(s.name)
                    found[s.name] = [_answer(value, i) if value else start for i in range(self.count)]
        return found

    def _assign(self, series: Series, compute: Callable[[], Sequence[Any]]) -> None:
        """Run one equation, unless the flags do not want it."""
        if series.only_if is not None and not self.flags[series.only_if]:
            return
        try:
            self.values[series.name, 0] = compute()
        except AbsentError:
            if series.kind is not Kind.LOCAL:  # a local that is made of what is absent is so itself
                raise

    def _value_of(self, name: str, lag: int, i: int) -> Any:
        """What an earlier equation, or the step before, has given an element."""
        if (name, lag) not in self.values:
            raise AbsentError(f"{name} does not exist with these flags")
        value = self.values[name, lag][i]
        if value is None:
            raise UndefinedError
        return value

    def _compiled(self, equation: Equation) -> tuple[str, Callable[[], Sequence[Any]]]:
        """The assigned series, and what computes it for all elements: once, where elements do not differ."""
        value, name = self._value(equation.rhs), equation.lhs.series
        if not self._varies(equation.rhs):
            self.coarse.add(name)
            return name, lambda: [_answer(value, 0)] * self.count
        return name, lambda: [_answer(value, i) for i in range(self.count)]

    def _varies(self, node: Any) -> bool:
        """Whether a tree has a value for each element, or for some of them."""
        if isinstance(node, Reduction):
            return node.over != "all" and (node.over != "tensor" or self.together)
        if isinstance(node, SizeSymbol):
            return self.together
        if isinstance(node, Draw):
            return True
        if isinstance(node, At):
            return node.series not in self.coarse
        return any(map(self._varies, node.args))

    def _value(self, node: Any) -> Value:
        """Compile a tree; a part that is the same for all elements is computed once a step."""
        if isinstance(node, Reduction):
            return self._reduction(node)
        if isinstance(node, Draw):
            return lambda i: self.noise[node][i]
        value = self._leaf(node) if not node.args else self._composed(node)
        return value if not node.args or self._varies(node) else self._kept(node, value)

    def _kept(self, node: Any, value: Value) -> Value:
        def kept(i: int) -> Any:
            if node not in self.once:
                self.once[node] = value(i)
            return self.once[node]

        return kept

    def _leaf(self, node: Any) -> Value:
        match node:
            case At():
                return lambda i: self._value_of(node.series, node.lag or 0, i)
            case HyperSymbol():
                return lambda _: self.hyper[node.name]
            case FlagSymbol():
                return lambda _: self.flags[node.name]
            case TimeSymbol():
                return lambda _: self.t
            case SizeSymbol():
                return lambda i: mpmath.mpf(int(self.layout.dims[i]))
            case sympy.pi:
                return lambda _: mpmath.pi + 0
            case sympy.Rational():
                return lambda _: mpmath.mpf(int(node.p)) / int(node.q)
            case sympy.Float():  # the decimal that the author wrote, not the nearest double
                return lambda _: mpmath.mpf(repr(float(node)))
        raise NotImplementedError(str(node))

    def _composed(self, node: Any) -> Value:
        """A function of its operands; of a `where`, only the chosen arm is looked at."""
        operands = [self._value(child) for child in node.args]
        if isinstance(node, Where):
            return self._choice(node.args[0], *operands)
        compute = function(node)
        return lambda i: compute([operand(i) for operand in operands])

    def _choice(self, written: Any, condition: Value, a: Value, b: Value) -> Value:
        """A choice, which notes the arms that are taken; which ones flags choose is a matter of the settings."""
        if written.has(FlagSymbol):
            return lambda i: a(i) if condition(i) else b(i)
        taken = self.arms.setdefault(written, set())

        def chosen(i: int) -> Any:
            holds = bool(condition(i))
            taken.add(holds)
            return a(i) if holds else b(i)

        return chosen

    def _reduction(self, node: Any) -> Value:
        """A reduction, computed once for all elements that have it in common."""
        term, rate = self._value(node.args[0]), RATES[node.over]

        def kept(i: int) -> Any:
            owners = self.layout.owners(rate)
            key = (node, int(owners[i]))
            if key not in self.once:
                self.once[key] = reduced([term(int(j)) for j in np.flatnonzero(owners == owners[i])])
            return self.once[key]

        def reduced(terms: list[Any]) -> Any:
            match node:
                case Norm():
                    return mpmath.sqrt(mpmath.fsum(x * x for x in terms))
                case Total():
                    return mpmath.fsum(terms)
                case Mean():
                    return mpmath.fsum(terms) / len(terms)
                case MaxAbs():
                    return largest([abs(x) for x in terms])
            raise NotImplementedError(str(node))

        return kept


def _answer(value: Value, i: int) -> Any:
    try:
        return value(i)
    except (UndefinedError, ZeroDivisionError):
        return None
