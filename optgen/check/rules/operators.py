"""The operators of equations are `+ - * / **`, comparisons, and `& | ~` between conditions.

`^` is no power in Python, and the others (`//`, `%`, `@`, `<<`, `>>`) mean nothing for the elements of a tensor.
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
    ast.FloorDiv: ("//", "write {a} / {b}"),
    ast.Mod: ("%", ""),
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
                    fix = fix.format(a=_operand(a, body), b=_operand(b, body))
                    yield Problem(_sign_place(node, sign, body), f"equations have no operator {sign}", fix)


def _sign_place(node: ast.BinOp, sign: str, body: Body) -> Location:
    """Where the operator itself stands; the whole expression where that is on another line."""
    left, right = body.place(node.left), body.place(node.right)
    start = left.source.find(sign, left.end_column) if left.line == right.line == (node.left.end_lineno or 0) else -1
    return Location(left.file, left.line, start, start + len(sign)) if start >= 0 else body.place(node)


def _operand(node: ast.expr, body: Body) -> str:
    text = body.text(node)
    return f"({text})" if isinstance(node, ast.BinOp | ast.UnaryOp) else text
