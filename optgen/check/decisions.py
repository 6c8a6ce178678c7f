"""Where Python itself would decide on symbols, which have no values while equations are recorded."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from .body import Body

_COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


@dataclass(frozen=True)
class Decision:
    """One construct that asks Python for the truth of symbols.

    Attributes:
        node: The place to point at.
        what: What the construct is called.
        fix: What to write instead.
    """

    node: ast.expr
    what: str
    fix: str


def decisions(body: Body) -> list[Decision]:
    """The decisions of a body in the order of the text; those inside another one are left out."""
    found: list[Decision] = []
    inside: set[ast.AST] = set()
    for node in body.nodes():
        decision = None if node in inside else _decision(node, body)
        if decision:
            found.append(decision)
            inside.update(ast.walk(decision.node))
    return found


def within_decisions(body: Body) -> set[ast.AST]:
    """Every node that is part of a decision."""
    return {part for decision in decisions(body) for part in ast.walk(decision.node)}


def _decision(node: ast.AST, body: Body) -> Decision | None:
    match node:
        case ast.If(test) if body.symbolic(test):
            return Decision(test, "if", f"use where({body.text(test)}, a, b)")
        case ast.While(test) if body.symbolic(test):
            return Decision(test, "while", "an equation holds at every step; use where(condition, a, b)")
        case ast.Assert(test) if body.symbolic(test):
            return Decision(test, "assert", "the domain of a hyper-parameter goes into hyper(..., ge=0, lt=1)")
        case ast.comprehension(_, _, tests):
            asked = next((test for test in tests if body.symbolic(test)), None)
            return Decision(asked, "if", "use where(condition, a, b)") if asked else None
        case ast.Match(subject) if body.symbolic(subject):
            return Decision(subject, "match", "use where(condition, a, b)")
        case ast.For(_, iterable) if body.symbolic(iterable):
            return Decision(iterable, "for", "an equation holds for every element at once")
        case ast.IfExp(test, a, b) if body.symbolic(test):
            return Decision(node, "if ... else", f"use where({body.text(test)}, {body.text(a)}, {body.text(b)})")
        case ast.BoolOp(op, values) if any(map(body.symbolic, values)):
            word, sign = ("and", "&") if isinstance(op, ast.And) else ("or", "|")
            return Decision(node, word, "write " + f" {sign} ".join(f"({body.text(v)})" for v in values))
        case ast.UnaryOp(ast.Not(), operand) if body.symbolic(operand):
            return Decision(node, "not", f"write ~({body.text(operand)})")
        case ast.Compare(left, ops, rest) if len(ops) > 1 and any(map(body.symbolic, (left, *rest))):
            return Decision(node, "a chain of comparisons", "write " + _unchained(node, body))
    return None


def _unchained(node: ast.Compare, body: Body) -> str:
    """A chain as comparisons of its own; `a > 0 & b > 0` is one as well, because `&` binds tighter than `>`."""
    parts: list[str] = []
    left = node.left
    for number, (op, right) in enumerate(zip(node.ops, node.comparators, strict=True)):
        joint = isinstance(right, ast.BinOp) and isinstance(right.op, ast.BitAnd | ast.BitOr)
        written, following = right, right
        if isinstance(right, ast.BinOp) and joint and number < len(node.ops) - 1:
            written, following = right.left, right.right
        sign = "|" if isinstance(right, ast.BinOp) and isinstance(right.op, ast.BitOr) and joint else "&"
        parts += [f"({body.text(left)} {_COMPARISONS.get(type(op), '?')} {body.text(written)})", sign]
        left = following
    return " ".join(parts[:-1])
