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
            return Decision(test, "if", _choice(node, body))
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
            fix = f"use where({_condition(test, body)}, {body.text(a)}, {body.text(b)})"
            return Decision(node, "if ... else", fix)
        case ast.BoolOp(op, values) if any(map(body.symbolic, values)):
            word = "and" if isinstance(op, ast.And) else "or"
            return Decision(node, word, f"write {_condition(node, body)}")
        case ast.UnaryOp(ast.Not(), operand) if body.symbolic(operand):
            return Decision(node, "not", f"write {_condition(node, body)}")
        case ast.Compare(left, ops, rest) if len(ops) > 1 and any(map(body.symbolic, (left, *rest))):
            return Decision(node, "a chain of comparisons", "write " + _unchained(node, body))
    return None


def _condition(node: ast.expr, body: Body) -> str:
    """A condition of Python's as the language writes it."""
    match node:
        case ast.UnaryOp(ast.Not(), operand):
            return f"~{_bracketed(operand, body)}"
        case ast.BoolOp(op, values):
            return (" & " if isinstance(op, ast.And) else " | ").join(_bracketed(v, body) for v in values)
        case ast.Compare(left, [ast.Eq()], [right]):
            return f"equal({body.text(left)}, {body.text(right)})"
        case ast.Compare(left, [ast.NotEq()], [right]):
            return f"~equal({body.text(left)}, {body.text(right)})"
    return body.text(node)


def _bracketed(node: ast.expr, body: Body) -> str:
    """A condition as an operand: a flag by its name, everything else in brackets."""
    text = _condition(node, body)
    denied = isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Name)
    return text if isinstance(node, ast.Name) or denied else f"({text})"


def _choice(node: ast.If, body: Body) -> str:
    """What to write instead of an `if` statement: the equation itself, where both branches have one."""
    match node:
        case ast.If(_, [ast.Assign([target], a)], [ast.Assign([other], b)]) if body.text(target) == body.text(other):
            return f"write {body.text(target)} = where({_condition(node.test, body)}, {body.text(a)}, {body.text(b)})"
    return f"use where({_condition(node.test, body)}, a, b)"


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
