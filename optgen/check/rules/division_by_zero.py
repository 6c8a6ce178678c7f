"""Nothing is divided by a literal zero: it would be infinite or NaN at every step."""

import ast
from collections.abc import Iterator
from typing import Any

import sympy

from optgen.check.body import Body
from optgen.check.record import known, preorder, statements_at
from optgen.check.sorts import bodies
from optgen.problems import Location, Problem
from optgen.spec.model import Spec

_FIX = "add a small number such as eps, or choose with where(condition, a, b)"


def check(spec: Spec) -> Iterator[Problem]:
    """Find zeros under a fraction bar in the text, and those that show in the record only."""
    lines: set[int] = set()
    for body in bodies(spec):
        for node in body.nodes():
            zero = _divisor(node, body)
            if zero is not None:
                place = body.place(zero)
                lines.update(_lines(spec, place))
                yield Problem(place, "division by zero", _FIX)
    for _, equation in known(spec):
        if equation.location.line not in lines and any(preorder(equation.rhs, _infinite)):
            yield Problem(equation.location, "this equation divides by zero", _FIX)


def _lines(spec: Spec, place: Location) -> set[int]:
    """The lines of the statement around a place."""
    return {line for s in statements_at(spec, place.line) for line in range(s.lineno, (s.end_lineno or s.lineno) + 1)}


def _divisor(node: ast.AST, body: Body) -> ast.expr | None:
    """The zero that a node divides by, if it does."""
    match node:
        case ast.BinOp(_, ast.Div() | ast.FloorDiv() | ast.Mod(), right) if _number(right, body) == 0:
            return right
        case ast.BinOp(left, ast.Pow(), right) if _number(left, body) == 0 and (_number(right, body) or 0) < 0:
            return left
        case ast.AugAssign(_, ast.Div(), value) if _number(value, body) == 0:
            return value
    return None


def _number(node: ast.expr, body: Body) -> float | None:
    """The plain number that an expression is, where that can be seen."""
    match node:
        case ast.Constant(bool()):
            return None
        case ast.Constant(int(value) | float(value)):
            return value
        case ast.UnaryOp(ast.USub(), operand):
            inner = _number(operand, body)
            return None if inner is None else -inner
        case ast.Name():
            found = body.value(node)
            return found if isinstance(found, int | float) and not isinstance(found, bool) else None
    return None


def _infinite(node: Any) -> bool:
    """Whether a node of the record is a power of zero that has no value."""
    if not isinstance(node, sympy.Pow):
        return False
    base, exponent = node.args
    return bool(base.is_Number and base == 0 and exponent.is_Number and exponent < 0)
