"""Conditions and numbers are two things: `where` asks a condition, arithmetic takes numbers.

`where(m[t], a, b)` leaves open what is asked of `m[t]`, and `(m[t] > 0) * g[t]` has no product.
"""

import ast
from collections.abc import Iterator
from typing import Any

import sympy
from sympy.core.relational import Relational

from optgen.check.body import OPERATORS, Body, Sort
from optgen.check.record import known, parts
from optgen.check.sorts import bodies
from optgen.problems import Problem
from optgen.spec import Condition
from optgen.spec.functions import Where
from optgen.spec.model import Spec
from optgen.spec.symbols import FlagSymbol, Unknown


def check(spec: Spec) -> Iterator[Problem]:
    """Find the two mixed up: in the text, where the columns are, and else in the record."""
    found = [p for body in bodies(spec) for p in _in_text(body)]
    yield from found
    for _, equation in known(spec) if spec.complete and not found else ():
        message = next(_in_record(equation.rhs, False), None)
        if message:
            yield Problem(equation.location, *message)


def _in_text(body: Body) -> Iterator[Problem]:
    told: set[ast.AST] = set()
    for node in body.nodes():
        if node in told:
            continue
        if isinstance(node, ast.Compare):
            joints = [part for part in (node.left, *node.comparators) if _is_joint(part, body)]
            told.update(inner for part in joints for inner in ast.walk(part))
            if joints and len(node.ops) == 1:  # a chain is a decision, which is another rule
                fix = "put each comparison in brackets: (a > 0) & (b > 0)"
                yield Problem(body.place(joints[0]), "& and | bind tighter than comparisons", fix)
        for part, problem in _mixed(node, body):
            if part not in told:
                told.update(ast.walk(part))
                yield problem


def _mixed(node: ast.AST, body: Body) -> Iterator[tuple[ast.expr, Problem]]:
    """The parts of a node that are conditions where numbers belong, or the reverse."""
    match node:
        case ast.BinOp(left, ast.BitAnd() | ast.BitOr(), right) if body.symbolic(node):
            wrong = [part for part in (left, right) if body.sort(part) in (Sort.NUMBER, Sort.PLAIN)]
            for part in wrong[:1]:
                yield _no_condition(part, body, "write a comparison, with brackets around it")
        case ast.UnaryOp(ast.Invert(), operand) if body.sort(operand) is Sort.NUMBER:
            yield _no_condition(operand, body, "write a comparison, with brackets around it")
        case ast.Call():
            for condition in body.arguments(node, "Condition"):
                if body.sort(condition) is Sort.NUMBER:
                    yield _no_condition(condition, body, f"write where({body.text(condition)} > 0, ...)")
                elif body.sort(condition) is Sort.PLAIN:
                    yield _no_condition(condition, body, "leave where out and take the arm that you mean")
    for part, other in _numbers(node, body):
        if body.sort(part) is Sort.CONDITION:
            kind = "flag" if body.text(part) in {f.name for f in body.spec.flags} else "condition"
            text = f"{body.text(part)} is a {kind}, not a number"
            yield part, Problem(body.place(part), text, f"use where({body.text(part)}, {other}, 0)")


def _is_joint(node: ast.expr, body: Body) -> bool:
    """Whether a side of a comparison is an `a & b` without brackets of its own."""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.BitAnd | ast.BitOr)
        and body.symbolic(node)
        and not {body.sort(node.left), body.sort(node.right)} <= {Sort.CONDITION, Sort.UNKNOWN}
    )


def _no_condition(node: ast.expr, body: Body, fix: str) -> tuple[ast.expr, Problem]:
    return node, Problem(body.place(node), f"{body.text(node)} is no condition", fix)


def _numbers(node: ast.AST, body: Body) -> list[tuple[ast.expr, str]]:
    """The parts of a node that have to be numbers, each with what a product would have multiplied it with."""
    match node:
        case ast.BinOp(left, ast.Mult(), right):
            return [(left, body.text(right)), (right, body.text(left))]
        case ast.BinOp(left, op, right) if type(op) in OPERATORS:
            return [(left, "1"), (right, "1")]
        case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
            return [(operand, "1")]
        case ast.Compare(left, [op, *_], rest) if not isinstance(op, ast.Eq | ast.NotEq):  # another rule has these
            return [(part, "1") for part in (left, *rest)]
        case ast.Call():
            return [(part, "1") for part in body.arguments(node, "Expr")]
        case ast.Assign([ast.Subscript(base, _)], value) if body.sort(base) is Sort.SERIES:
            return [(value, "1")]
    return []


def _in_record(node: Any, asked: bool) -> Iterator[tuple[str, str]]:
    """What a tree mixes up; `asked` says whether a condition is wanted of it."""
    logic = isinstance(node, Relational | sympy.And | sympy.Or | sympy.Not | sympy.logic.boolalg.BooleanAtom)
    if isinstance(node, Unknown):
        return
    if asked and isinstance(node, sympy.logic.boolalg.BooleanAtom):
        yield f"a condition of this equation is always {node}", "leave where out and take the arm that you mean"
    elif asked and not (logic or isinstance(node, FlagSymbol)):
        yield "a condition of this equation is a number", "write a comparison, such as where(m[t] > 0, a, b)"
    elif not asked and (logic or isinstance(node, FlagSymbol)):
        yield "a condition is used as a number in this equation", "use where(condition, 1, 0)"
    else:
        for number, part in enumerate(parts(node)):
            inner = isinstance(node, Condition) and not isinstance(node, Relational)
            yield from _in_record(part, inner or (isinstance(node, Where) and number == 0))
