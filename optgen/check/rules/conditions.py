"""Conditions and numbers are two things: `where` asks a condition, arithmetic takes numbers.

`where(m[t], a, b)` leaves open what is asked of `m[t]`, and `(m[t] > 0) * g[t]` has no product.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import OPERATORS, Body, Sort
from optgen.check.decisions import within_decisions
from optgen.check.sorts import bodies
from optgen.problems import Problem
from optgen.spec import where
from optgen.spec.model import Spec

FROM_SOURCE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find the two mixed up in the text."""
    for body in bodies(spec):
        yield from _in_text(body)


def _in_text(body: Body) -> Iterator[Problem]:
    told = within_decisions(body)
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
        case ast.Call(function, [*arms]) if body.value(function) is where and _behind(arms, body):
            first = _behind(arms, body)[0]
            written = ", ".join(map(body.text, [first, *(arm for arm in arms if arm is not first)]))
            text = "the condition of where comes first"
            yield node, Problem(body.place(node), text, f"write where({written})")
            return
        case ast.Call():
            for condition in body.arguments(node, "Condition"):
                if body.sort(condition) is Sort.NUMBER:
                    yield _no_condition(condition, body, f"write where({body.text(condition)} > 0, ...)")
                elif body.sort(condition) is Sort.PLAIN:
                    fix = "leave where out and take the arm that you mean"
                    if isinstance(condition, ast.Compare) and body.symbolic(condition.left):  # flag is True
                        fix = f"write {body.text(condition.left)}, or ~ in front of it"
                    yield _no_condition(condition, body, fix)
    for part, other in _numbers(node, body):
        if body.sort(part) is Sort.CONDITION:
            kind = "flag" if body.text(part) in {f.name for f in body.spec.flags} else "condition"
            text = f"{body.text(part)} is a {kind}, not a number"
            yield part, Problem(body.place(part), text, f"use where({body.text(part)}, {other}, 0)")


def _behind(arms: list[ast.expr], body: Body) -> list[ast.expr]:
    """The conditions behind the first argument of `where`, if that is none."""
    no_condition = arms and body.sort(arms[0]) in (Sort.NUMBER, Sort.PLAIN)
    return [arm for arm in arms[1:] if body.sort(arm) is Sort.CONDITION] if no_condition else []


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
