"""From captured SymPy equations to the IR; the last place on the way to code that knows SymPy."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import Any

import sympy
from sympy.core.relational import Relational

from optgen.problems import Problem, SpecError
from optgen.spec.functions import (
    Absolute,
    Cosine,
    Draw,
    Floor,
    MaxAbs,
    Maximum,
    Mean,
    Minimum,
    Norm,
    Reduction,
    Sign,
    Total,
    Where,
)
from optgen.spec.model import Equation, Kind, Series, Spec
from optgen.spec.symbols import At, First, FlagSymbol, HyperSymbol, SizeSymbol, TimeSymbol

from .nodes import (
    ALWAYS,
    Binary,
    Const,
    Expr,
    Guard,
    Input,
    Let,
    Output,
    Pi,
    Program,
    Reduce,
    Ref,
    Role,
    Select,
    Unary,
)
from .rates import Over, Rate, View

_UNARY = {sympy.exp: "exp", sympy.log: "log", sympy.Abs: "abs", Absolute: "abs", Sign: "sign", sympy.sign: "sign"}
_UNARY |= {Cosine: "cos", Floor: "floor"}
_BINARY = {Maximum: "max", Minimum: "min", sympy.Mod: "mod"}
_REDUCTIONS = {Norm: "norm", Total: "sum", Mean: "mean", MaxAbs: "max_abs"}
_OVER = {"tensor": Over.TENSOR, "all": Over.ALL, "rows": Over.ROWS, "cols": Over.COLS, "outputs": Over.ROWS}
_VIEWS = {View.LAST: {"rows", "cols"}, View.FIRST: {"outputs"}}
_COMPARISONS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le", "==": "eq", "!=": "ne"}
_ROLES = {Kind.PARAM: Role.PARAM, Kind.GRAD: Role.GRAD, Kind.STATE: Role.STATE, Kind.INPUT: Role.INPUT}


def freeze(spec: Spec) -> Program:
    """Lower a checked spec to a program, one statement an equation, in the author's order and association.

    Raises:
        SpecError: An equation uses something that has no meaning here.
    """
    inputs: list[Input] = []
    updated = {equation.lhs.series for equation in spec.equations}
    outputs: list[Output] = []
    for series in spec.series:
        if series.kind is Kind.FACTOR:
            outputs.append(Output(series.name, Role.FACTOR, series.name, rate=Rate.STEP))
        if series.kind in (Kind.LOCAL, Kind.FACTOR):
            continue
        role, guard = _ROLES[series.kind], _guard(series)
        before = series.kind in (Kind.PARAM, Kind.STATE)
        inputs.append(Input(previous(series.name) if before else series.name, series.name, role, Rate.ELEMENT, guard))
        if before and series.name in updated:
            outputs.append(Output(series.name, role, series.name, guard))
    inputs += [Input(h.name, h.name, Role.HYPER, Rate.CONSTANT, bounds=h.bounds) for h in spec.hypers]
    inputs += [Input(f.name, f.name, Role.FLAG, Rate.CONSTANT) for f in spec.flags]
    inputs.append(Input("t", "t", Role.TIME, Rate.STEP))
    inputs += [Input(s.name, s.name, Role.SIZE, _size_rate(spec)) for s in _atoms(spec, SizeSymbol)]
    inputs += [Input(noise(draw), noise(draw), Role.NOISE, Rate.ELEMENT) for draw in _draws(spec)]
    guards = {series.name: _guard(series) for series in spec.series}
    body = [_let(equation, guards[equation.lhs.series]) for equation in spec.equations]
    initial = [_initial(spec, state) for state in spec.states]
    at = next((s.at for s in spec.of_kind(Kind.GRAD)), "")
    return Program(spec.name, tuple(inputs), tuple(body), tuple(outputs), tuple(initial), at, _view(spec))


def previous(series: str) -> str:
    """Name of the value that a series had before the step."""
    return f"{series}_prev"


def noise(draw: Any) -> str:
    """Name of the random numbers of a draw: `normal1_draw`."""
    return f"{draw.func.__name__.lower()}{draw.args[0]}_draw"


def _draws(spec: Spec) -> list[Any]:
    """The draws of all equations, in the order of their numbers."""
    return sorted(_atoms(spec, Draw), key=lambda draw: int(draw.args[0]))


def _atoms(spec: Spec, kind: Any) -> set[Any]:
    """The parts of a kind in all equations."""
    return {node for equation in spec.equations for node in equation.rhs.atoms(kind)}


def _size_rate(spec: Spec) -> Rate:
    """How often a size changes: where tensors are updated together, with each; else it is there before a step."""
    together = any(node.over == "all" for node in _atoms(spec, Reduction))
    return Rate.TENSOR if together else Rate.STEP


def _view(spec: Spec) -> View | None:
    """How the reductions of a spec see tensors as matrices, if any does."""
    over = {node.over for node in _atoms(spec, Reduction)}
    views = [view for view, names in _VIEWS.items() if over & names]
    if len(views) > 1:
        raise SpecError([Problem(spec.location, 'reductions over "outputs" and over "rows" or "cols" in one update')])
    return views[0] if views else None


def _guard(series: Series) -> Guard:
    return frozenset({(series.only_if, True)}) if series.only_if else ALWAYS


def _initial(spec: Spec, state: Series) -> Let:
    """The value of a state before the first step."""
    written = next((e for e in spec.initial if e.lhs.series == state.name), None)
    if written is not None:
        return _let(written, _guard(state))
    value = Ref(state.init) if isinstance(state.init, str) else Const(exact(state.init))
    return Let(state.name, value, _guard(state), state.location)


def _let(equation: Equation, guard: Guard) -> Let:
    try:
        return Let(equation.lhs.series, lower(equation.rhs), guard, equation.location)
    except NotImplementedError as error:
        raise SpecError([Problem(equation.location, f"no code can be made of {error}")]) from None


def lower(node: Any) -> Expr:
    """Lower one SymPy tree.

    Raises:
        NotImplementedError: The tree holds a node without meaning here; the text names it.
    """
    match node:
        case At():
            # What there is of a series before the first step is what that step calls its previous value.
            return Ref(previous(node.series) if node.lag == 1 or isinstance(node, First) else node.series)
        case HyperSymbol() | FlagSymbol() | SizeSymbol() | TimeSymbol():
            return Ref(node.name)
        case sympy.Integer() | sympy.Rational():
            return _constant(Fraction(int(node.p), int(node.q)))
        case sympy.Float():
            return Const(exact(node))
        case Draw():
            return Ref(noise(node))
        case sympy.pi:
            return Pi()
        case sympy.Add():
            return reduce(_add, node.args[1:], lower(node.args[0]))
        case sympy.Mul():
            return _product(node)
        case sympy.Pow():
            return _power(node.base, node.exp)
        case Where():
            return Select(*map(lower, node.args))
        case Reduction():
            return Reduce(_REDUCTIONS[type(node)], lower(node.args[0]), _OVER[node.over])
        case Relational():
            return Binary(_COMPARISONS[node.rel_op], lower(node.lhs), lower(node.rhs))
        case sympy.And() | sympy.Or():
            op = "and" if isinstance(node, sympy.And) else "or"
            return reduce(lambda x, y: Binary(op, x, y), map(lower, node.args))
        case sympy.Not():
            return Unary("not", lower(node.args[0]))
    for table, make in ((_UNARY, Unary), (_BINARY, Binary)):
        if node.func in table:
            result: Expr = make(table[node.func], *map(lower, node.args))
            return result
    raise NotImplementedError(f"{node.func.__name__}")


def _constant(value: Fraction) -> Const:
    try:
        float(value)
    except OverflowError:
        raise NotImplementedError("a number beyond the largest double") from None
    return Const(value)


def exact(number: Any) -> Fraction:
    """The decimal that the author wrote: 0.1 is one tenth, not the nearest double."""
    return Fraction(repr(float(number)))


def _negated(node: Any) -> Any | None:
    """What `node` is the negative of, where the author wrote a minus sign; else None."""
    if isinstance(node, sympy.Integer | sympy.Float) and node < 0:
        return -node
    if not (isinstance(node, sympy.Mul) and node.args[0] is sympy.S.NegativeOne):
        return None
    rest = node.args[1:]
    return rest[0] if len(rest) == 1 else sympy.Mul(*rest, evaluate=False)


def _add(left: Expr, node: Any) -> Expr:
    """`left + node`; SymPy writes `a - b*c` as `a + (-1*b*c)`, and `a - 0.5*c` as `a + (-0.5*c)`."""
    positive = _negated(node)
    if positive is None and isinstance(node, sympy.Mul) and node.args[0].is_Number and node.args[0] < 0:
        positive = sympy.Mul(-node.args[0], *node.args[1:], evaluate=False)
    return Binary("add", left, lower(node)) if positive is None else Binary("sub", left, lower(positive))


def _product(node: Any) -> Expr:
    """A product by left fold; SymPy writes `a / b` as `a * b**-1`."""
    positive = _negated(node)
    if positive is not None:
        return Unary("neg", lower(positive))
    first, *rest = node.args
    result = lower(first)
    for factor in rest:
        if isinstance(factor, sympy.Pow) and factor.exp is sympy.S.NegativeOne:
            result = Binary("div", result, lower(factor.base))
        else:
            result = Binary("mul", result, lower(factor))
    return result


def _power(base: Any, exponent: Any) -> Expr:
    if isinstance(exponent, sympy.Float):
        exponent = sympy.Rational(*exact(exponent).as_integer_ratio())
    if exponent is sympy.S.NegativeOne:
        return Binary("div", Const(Fraction(1)), lower(base))
    if exponent is sympy.S.Half:
        return Unary("sqrt", lower(base))
    if exponent == -sympy.S.Half:
        return Binary("div", Const(Fraction(1)), Unary("sqrt", lower(base)))
    return Binary("pow", lower(base), lower(exponent))
