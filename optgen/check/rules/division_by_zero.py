"""Nothing is divided by a literal zero: it would be infinite or NaN at every step."""

import ast
from collections.abc import Iterator

from optgen.check.body import Body
from optgen.check.sorts import bodies
from optgen.problems import Problem
from optgen.spec.model import Spec

FROM_SOURCE = True

_FIX = "add a small number such as eps, or choose with where(condition, a, b)"


def check(spec: Spec) -> Iterator[Problem]:
    """Find zeros under a fraction bar; `not_finite` finds those that are computed."""
    for body in bodies(spec):
        for node in body.nodes():
            zero = _divisor(node, body)
            if zero is not None:
                yield Problem(body.place(zero), "division by zero", _FIX)


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
