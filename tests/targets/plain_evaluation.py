"""Captured equations evaluated directly, in extended precision: nothing of the IR, the passes or the printers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.core.relational import Relational

from optgen.spec.functions import Absolute, Floor, MaxAbs, Maximum, Mean, Minimum, Norm, Reduction, Sign, Total, Where
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import At, FlagSymbol, HyperSymbol, SizeSymbol, TimeSymbol

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
    """One update of one tensor; see `step_together`."""
    return step_together(spec, [series], t, arguments, number)[0]


def step_together(
    spec: Spec,
    tensors: Sequence[Mapping[str, Array]],
    t: int,
    arguments: Mapping[str, float | bool],
    number: type[np.floating[Any]] = np.longdouble,
) -> list[dict[str, Array]]:
    """One update of some tensors.

    Args:
        spec: As captured.
        tensors: For each, parameter, gradient, inputs and states before the step, by the spec's names.
        t: Number of the step.
        arguments: Every hyper-parameter and flag.
        number: What is computed with.

    Returns:
        Parameter and states behind the step, in the shapes that they had before.
    """
    kinds = {s.name: s.kind for s in spec.series}
    only_if = {s.name: s.only_if for s in spec.series}
    every: list[_Evaluation] = []
    for series in tensors:
        values: dict[tuple[str, int], Any] = {}
        for name, array in series.items():
            values[name, 1 if kinds[name] in (Kind.PARAM, Kind.STATE) else 0] = np.asarray(array, number)
        every.append(_Evaluation(values, t, arguments, np.shape(series[spec.param.name]), number, every))
    with np.errstate(all="ignore"):
        for equation in spec.equations:
            name, flag = equation.lhs.series, only_if[equation.lhs.series]
            if flag is None or arguments[flag]:
                try:
                    found = [one.value(equation.rhs) for one in every]
                except KeyError:
                    assert kinds[name] is Kind.LOCAL  # of a state that is not there; whoever uses it fails
                    continue
                for one, value in zip(every, found, strict=True):
                    one.values[name, 0] = value
    kept = [s.name for s in spec.series if s.kind in (Kind.PARAM, Kind.STATE) and (s.name, 0) in every[0].values]
    return [
        {name: np.broadcast_to(one.values[name, 0], np.shape(series[name])) for name in kept}
        for one, series in zip(every, tensors, strict=True)
    ]


class _Evaluation:
    def __init__(
        self,
        values: dict[tuple[str, int], Any],
        t: int,
        arguments: Mapping[str, Any],
        shape: tuple[int, ...],
        number: Any,
        every: Sequence[_Evaluation],
    ) -> None:
        self.values, self.t, self.arguments, self.shape, self.number = values, t, arguments, shape, number
        self.every = every

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
            case SizeSymbol():
                return self.number(len(self.shape))
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
        along: dict[str, Any] = {}
        if node.over == "all":
            every = [np.broadcast_to(one.value(node.args[0]), one.shape).ravel() for one in self.every]
            x = np.concatenate(every)
        else:
            x = np.broadcast_to(self.value(node.args[0]), self.shape)
            if node.over != "tensor":
                last = len(self.shape) - 1
                axes = {"rows": (last,), "cols": (last - 1,), "outputs": tuple(range(1, last + 1))}[node.over]
                along = {"axis": tuple(axis for axis in axes if axis >= 0), "keepdims": True}
        match node:
            case Norm():
                return np.sqrt(np.sum(x * x, **along))
            case Total():
                return np.sum(x, **along)
            case Mean():
                return np.sum(x, **along) / np.sum(np.ones_like(x), **along)
            case MaxAbs():
                return np.max(np.abs(x), initial=0, **along)
        raise NotImplementedError(str(node))


def _chained(operation: Any, operands: list[Any]) -> Any:
    result = operands[0]
    for operand in operands[1:]:
        result = operation(result, operand)
    return result
