"""The values that expressions have with the defaults of the hyper-parameters, where that can be said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import sympy
from sympy.logic.boolalg import BooleanAtom, BooleanFunction

from optgen.spec.functions import Absolute, Cosine, Draw, Floor, Maximum, Minimum, Reduction, Sign, Where
from optgen.spec.model import Spec
from optgen.spec.symbols import At, Symbol

from .record import known, parts

_DIGITS = 50
_LARGEST = sympy.Float("1.7976931348623158e308", _DIGITS)
_EVALUATED = {Absolute: sympy.Abs, Sign: sympy.sign, Maximum: sympy.Max, Minimum: sympy.Min}
_EVALUATED |= {Cosine: sympy.cos, Floor: sympy.floor}
"""SymPy's functions for ours, which it does not evaluate."""


def undefined(spec: Spec) -> list[tuple[int, Any, str]]:
    """The parts of equations that have no finite real value with the defaults.

    Returns:
        Number of the equation, the innermost such node, and what is wrong with its value.
    """
    values: dict[str, Any] = {h.name: _number(h.default) for h in spec.hypers}
    values |= {f.name: sympy.true if f.default else sympy.false for f in spec.flags}
    absent = {s.name for s in spec.states if s.only_if and values.get(s.only_if) is sympy.false}
    found: list[tuple[int, Any, str]] = []
    for number, equation in known(spec):
        name = equation.lhs.series
        reader = _Reader({} if name in absent else values)
        values[str(At(name, 0))] = reader.value(equation.rhs)
        found += [(number, *wrong) for wrong in reader.wrong]
    return found


class _Reader:
    """Evaluates the parts of one equation; see `undefined`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.wrong: list[tuple[Any, str]] = []

    def value(self, node: Any) -> Any:
        """The value of a tree; None where it is not known, or none."""
        if isinstance(node, Symbol):
            return self.values.get(node.name)
        if isinstance(node, Where):
            return self._chosen(*node.args)
        if not parts(node):
            return _number(node)
        if isinstance(node, Draw):
            return None
        operands = [self.value(part) for part in parts(node)]
        logic = isinstance(node, BooleanFunction)
        if isinstance(node, Reduction) or any(x is None or isinstance(x, BooleanAtom) is not logic for x in operands):
            return None
        if not isinstance(node, sympy.Add | sympy.Mul):  # sums and products are exact
            operands = [sympy.Float(x, _DIGITS) if isinstance(x, sympy.Rational) else x for x in operands]
        value = _EVALUATED.get(node.func, node.func)(*operands)
        wrong = _complaint(value)
        if wrong:
            self.wrong.append((node, wrong))
        return None if wrong else value

    def _chosen(self, condition: Any, a: Any, b: Any) -> Any:
        """The value of the chosen arm; in the other one, only what no hyper-parameter can mend is wrong."""
        truth = self.value(condition)
        results = []
        for arm, chosen in ((a, sympy.true), (b, sympy.false)):
            reader = self if truth is chosen else _Reader({})
            results.append(reader.value(arm))
            if reader is not self:
                self.wrong += reader.wrong
        return results[0] if truth is sympy.true else results[1] if truth is sympy.false else None


def _number(value: Any) -> Any:
    """A number as the decimal that the author wrote; None for what is none, or is not finite."""
    if isinstance(value, BooleanAtom | sympy.Rational):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return sympy.Rational(repr(number)) if math.isfinite(number) else None


def _complaint(value: Any) -> str:
    """What is wrong with a value, if anything."""
    if value in (sympy.zoo, sympy.oo, -sympy.oo, sympy.nan):
        return "is infinite"
    if isinstance(value, sympy.Expr) and not value.is_real:
        return "is no real number"
    return "is beyond the largest double" if isinstance(value, sympy.Expr) and abs(value) > _LARGEST else ""
