"""Captured equations evaluated directly, in extended precision: nothing of the IR, the passes or the printers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.core.relational import Relational

from optgen.spec.functions import Absolute, Floor, MaxAbs, Maximum, Mean, Minimum, Norm, Reduction, Sign, Total, Where
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import At, FlagSymbol, HyperSymbol, TimeSymbol

Array = NDArray[Any]

_COMPARISONS = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal, "==": np.equal}
_FUNCTIONS: dict[Any, Any] = {
    Maximum: np.maximum,
    Minimum: np.minimum,
    Absolute: np.abs,
    sympy.Abs: np.abs,
    Sign: np.sign,
    Floor: np.floor,
    sympy.Mod: np.mod,
    sympy.exp: np.exp,
    sympy.log: np.log,
    sympy.Not: np.logical_not,
}


def step(
    spec: Spec,
    series: Mapping[str, Array],
    t: int,
    arguments: Mapping[str, float | bool],
    number: type[np.floating[Any]] = np.longdouble,
) -> dict[str, Array]:
    """One update.

    Args:
        spec: As captured.
        series: Parameter, gradient, inputs and states before the step, by the spec's names.
        t: Number of the step.
        arguments: Every hyper-parameter and flag.
        number: What is computed with.

    Returns:
        Parameter and states behind the step, in the shapes that they had before.
    """
    kinds = {s.name: s.kind for s in spec.series}
    only_if = {s.name: s.only_if for s in spec.series}
    values: dict[tuple[str, int], Any] = {}
    for name, array in series.items():
        values[name, 1 if kinds[name] in (Kind.PARAM, Kind.STATE) else 0] = np.asarray(array, number)
    shape = np.shape(series[spec.param.name])
    with np.errstate(all="ignore"):
        for equation in spec.equations:
            name, flag = equation.lhs.series, only_if[equation.lhs.series]
            if flag is None or arguments[flag]:
                try:
                    values[name, 0] = _Evaluation(values, t, arguments, shape, number).value(equation.rhs)
                except KeyError:
                    assert kinds[name] is Kind.LOCAL  # of a state that is not there; whoever uses it fails
    kept = [s.name for s in spec.series if s.kind in (Kind.PARAM, Kind.STATE) and (s.name, 0) in values]
    return {name: np.broadcast_to(values[name, 0], np.shape(series[name])) for name in kept}


class _Evaluation:
    def __init__(
        self,
        values: Mapping[tuple[str, int], Any],
        t: int,
        arguments: Mapping[str, Any],
        shape: tuple[int, ...],
        number: Any,
    ) -> None:
        self.values, self.t, self.arguments, self.shape, self.number = values, t, arguments, shape, number

    def value(self, node: Any) -> Any:
        match node:
            case At():
                return self.values[node.series, node.lag or 0]
            case HyperSymbol():
                return self.number(self.arguments[node.name])
            case FlagSymbol():
                return np.bool_(self.arguments[node.name])
            case TimeSymbol():
                return self.number(self.t)
            case sympy.Rational():
                return self.number(str(int(node.p))) / self.number(str(int(node.q)))
            case sympy.Float():
                return self.number(repr(float(node)))
            case Where():
                return self._where(*node.args)
            case sympy.Pow():
                base, exponent = map(self.value, node.args)
                return np.sqrt(base) if node.exp == 0.5 else np.power(base, exponent)
            case Relational():
                return _COMPARISONS[node.rel_op](self.value(node.lhs), self.value(node.rhs))
            case Reduction():
                return self._reduce(node)
        operands = list(map(self.value, node.args))
        for kind, operation in ((sympy.Add, np.add), (sympy.Mul, np.multiply), (sympy.And, np.logical_and)):
            if isinstance(node, kind):
                return _chained(operation, operands)
        if isinstance(node, sympy.Or):
            return _chained(np.logical_or, operands)
        return _FUNCTIONS[node.func](*operands)

    def _where(self, condition: Any, a: Any, b: Any) -> Any:
        """Only the arms that some element takes: the others may need what does not exist."""
        chosen = self.value(condition)
        if np.all(chosen):
            return self.value(a)
        if not np.any(chosen):
            return self.value(b)
        return np.where(chosen, self.value(a), self.value(b))

    def _reduce(self, node: Any) -> Any:
        x = np.broadcast_to(self.value(node.args[0]), self.shape)
        match node:
            case Norm():
                return np.sqrt(np.sum(x * x))
            case Total():
                return np.sum(x)
            case Mean():
                return np.mean(x)
            case MaxAbs():
                return np.max(np.abs(x))
        raise NotImplementedError(str(node))


def _chained(operation: Any, operands: list[Any]) -> Any:
    result = operands[0]
    for operand in operands[1:]:
        result = operation(result, operand)
    return result
