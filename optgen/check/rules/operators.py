"""The operators of equations are `+ - * / % **`, comparisons, and `& | ~` between conditions.

`^` is no power in Python, and the others (`//`, `@`, `<<`, `>>`) mean nothing for the elements of a tensor.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import Body
from optgen.check.sorts import bodies
from optgen.problems import Location, Problem
from optgen.spec.model import Spec

FROM_SOURCE = True

_WRONG = {
    ast.BitXor: ("^", "write {a}**{b}"),
    ast.FloorDiv: ("//", "write floor({a} / {b})"),
    ast.MatMult: ("@", "write {a} * {b}, or total({a} * {b}) for a dot product"),
    ast.LShift: ("<<", "write {a} * 2**{b}"),
    ast.RShift: (">>", "write {a} / 2**{b}"),
}


def check(spec: Spec) -> Iterator[Problem]:
    """Find operators that equations do not have."""
    for body in bodies(spec):
        for node in body.nodes():
            match node:
                case ast.BinOp(a, op, b) if type(op) in _WRONG and (body.symbolic(a) or body.symbolic(b)):
                    sign, fix = _WRONG[type(op)]
                    if isinstance(op, ast.BitXor):  # Python lets it wait for all of `+ - * /`, as no power does
                        a, b = _last(node), _first(node)
                    fix = fix.format(a=_operand(a, body), b=_operand(b, body))
                    yield Problem(_sign_place(node, sign, body), f"equations have no operator {sign}", fix)


def _sign_place(node: ast.BinOp, sign: str, body: Body) -> Location:
    """Where the operator itself stands; its right side where the two are on different lines."""
    left, right = body.place(node.left), body.place(node.right)
    start = left.source.find(sign, left.end_column) if left.line == right.line == (node.left.end_lineno or 0) else -1
    return Location(left.file, left.line, start, start + len(sign)) if start >= 0 else right


def _last(node: ast.BinOp) -> ast.expr:
    """The nearest operand on the left of an operator: of `3 * g[t] ^ 2` the `g[t]`."""
    operand: ast.expr = node.left
    whole = _start(operand) == _start(node)  # else it stands in parentheses
    while whole and isinstance(operand, ast.BinOp | ast.UnaryOp):
        inner = operand.right if isinstance(operand, ast.BinOp) else operand.operand
        operand, whole = inner, _end(inner) == _end(operand)
    return operand


def _first(node: ast.BinOp) -> ast.expr:
    """The nearest operand on the right."""
    operand: ast.expr = node.right
    whole = _end(operand) == _end(node)
    while whole and isinstance(operand, ast.BinOp):
        inner = operand.left
        operand, whole = inner, _start(inner) == _start(operand)
    return operand


def _start(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: ast.expr) -> tuple[int | None, int | None]:
    return node.end_lineno, node.end_col_offset


def _operand(node: ast.expr, body: Body) -> str:
    text = body.text(node)
    return f"({text})" if isinstance(node, ast.BinOp | ast.UnaryOp) else text
