"""The captured equations themselves, evaluated at 50 digits: nothing of the IR, the passes or the printers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mpmath
import sympy
from sympy.core.relational import Relational

from optgen.spec.functions import Absolute, Maximum, MaxAbs, Mean, Minimum, Norm, Reduction, Sign, Total, Where
from optgen.spec.model import Equation, Kind, Spec
from optgen.spec.symbols import At, FlagSymbol, HyperSymbol, TimeSymbol

DIGITS = 50

_NAN = mpmath.mpf("nan")


def uses_reductions(spec: Spec) -> bool:
    """Whether one element's update depends on all the others."""
    return any(equation.rhs.has(Reduction) for equation in spec.equations)


class Oracle:
    """Evaluates one step of a spec on chosen elements.

    Args:
        spec: The captured spec.
        hyper: Value of each hyper-parameter, taken as the exact double.
        flags: Value of each flag.
        t: Number of the step.
    """

    def __init__(self, spec: Spec, hyper: dict[str, float], flags: dict[str, bool], t: int) -> None:
        self.spec, self.flags, self.t = spec, flags, mpmath.mpf(t)
        self.hyper = {name: mpmath.mpf(value) for name, value in hyper.items()}
        self.values: dict[tuple[str, int], list[Any]] = {}
        self.count = 0

    def step(self, series: dict[str, Sequence[float]]) -> dict[str, list[Any]]:
        """Run every equation.

        Args:
            series: Values before the step: parameter, gradient and states, for the same elements. A spec with
                reductions needs all elements of the tensor.

        Returns:
            Parameter and states behind the step, one number an element; NaN where an equation divides by zero.
        """
        declared = {s.name: s for s in self.spec.series}
        self.count = len(next(iter(series.values())))
        for name, values in series.items():
            before = declared[name].kind in (Kind.PARAM, Kind.STATE)
            self.values[name, 1 if before else 0] = [mpmath.mpf(float(x)) for x in values]
        with mpmath.workdps(DIGITS):
            for equation in self.spec.equations:
                condition = declared[equation.lhs.series].only_if
                if condition is None or self.flags[condition]:
                    self.values[equation.lhs.series, 0] = self._equation(equation)
        kept = [s.name for s in self.spec.series if s.kind in (Kind.PARAM, Kind.STATE)]
        return {name: self.values[name, 0] for name in kept if (name, 0) in self.values}

    def _equation(self, equation: Equation) -> list[Any]:
        reduced = {node: self._reduce(node) for node in equation.rhs.atoms(Reduction)}
        return [self._guarded(equation.rhs, i, reduced) for i in range(self.count)]

    def _reduce(self, node: Any) -> Any:
        inner = {n: self._reduce(n) for n in node.args[0].atoms(Reduction)}
        terms = [self._guarded(node.args[0], i, inner) for i in range(self.count)]
        match node:
            case Norm():
                return mpmath.sqrt(mpmath.fsum(x * x for x in terms))
            case Total():
                return mpmath.fsum(terms)
            case Mean():
                return mpmath.fsum(terms) / len(terms)
            case MaxAbs():
                return max(abs(x) for x in terms)
        raise NotImplementedError(str(node))

    def _guarded(self, node: Any, i: int, reduced: dict[Any, Any]) -> Any:
        try:
            return self._value(node, i, reduced)
        except ZeroDivisionError:
            return _NAN

    def _value(self, node: Any, i: int, reduced: dict[Any, Any]) -> Any:
        """The value of a SymPy tree for element `i`; only the chosen arm of a `where` is looked at."""

        def value(child: Any) -> Any:
            return self._value(child, i, reduced)

        match node:
            case At():
                return self.values[node.series, node.lag or 0][i]
            case HyperSymbol():
                return self.hyper[node.name]
            case FlagSymbol():
                return self.flags[node.name]
            case TimeSymbol():
                return self.t
            case Reduction():
                return reduced[node]
            case sympy.Rational():
                return mpmath.mpf(int(node.p)) / int(node.q)
            case sympy.Float():
                return mpmath.mpf(repr(float(node)))
            case sympy.Add():
                return mpmath.fsum(map(value, node.args))
            case sympy.Mul():
                return mpmath.fprod(map(value, node.args))
            case sympy.Pow():
                return self._power(value(node.base), value(node.exp))
            case Where():
                return value(node.args[1]) if value(node.args[0]) else value(node.args[2])
        return self._function(node, list(map(value, node.args)))

    def _power(self, base: Any, exponent: Any) -> Any:
        if exponent == 0.5:
            return mpmath.sqrt(base) if base >= 0 else _NAN
        return base ** (int(exponent) if exponent == int(exponent) else exponent)

    def _function(self, node: Any, args: list[Any]) -> Any:
        match node:
            case Relational():
                x, y = args
                return {">": x > y, ">=": x >= y, "<": x < y, "<=": x <= y, "==": x == y, "!=": x != y}[node.rel_op]
            case sympy.And():
                return all(args)
            case sympy.Or():
                return any(args)
            case sympy.Not():
                return not args[0]
            case Maximum():
                return max(args)
            case Minimum():
                return min(args)
            case Absolute() | sympy.Abs():
                return abs(args[0])
            case Sign() | sympy.sign():
                return mpmath.sign(args[0])
            case sympy.exp():
                return mpmath.exp(args[0])
            case sympy.log():
                return mpmath.log(args[0]) if args[0] > 0 else _NAN
        raise NotImplementedError(str(node))
