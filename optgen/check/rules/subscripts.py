"""A series is used with its time, `m[t]` or `m[t-1]`; a hyper-parameter or flag is one value and has none.

The same goes for round brackets: `m(t)` is no value, and `beta1 (1 - beta2)` lacks its `*`.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import Body, Sort, equation_functions
from optgen.check.sorts import bodies
from optgen.check.text import lost_names
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec

FROM_SOURCE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find series without a time, and times on what has none."""
    lost = lost_names(spec)  # bound anew, which is reported
    for body in bodies(spec):
        for node in body.nodes():
            for operand in _operands(node, body):
                if isinstance(operand, ast.Name) and body.sort(operand) is Sort.SERIES and operand.id not in lost:
                    text = f"{operand.id} has a value at each step"
                    yield Problem(body.place(operand), text, f"write {_timed(body, operand.id)}")
            match node:
                case ast.Subscript(ast.Constant(value) as base, ast.expr() as index) if body.symbolic(index):
                    fix = f"write {value}[{body.text(index)}] without quotes" if isinstance(value, str) else ""
                    yield Problem(body.place(base), f"{body.text(base)} is no series", fix)
                case ast.Subscript(value) if body.sort(value) in (Sort.NUMBER, Sort.CONDITION):
                    yield _subscripted(body, node)
                case ast.Call(function) if body.symbolic(function) and body.text(function) not in equation_functions():
                    yield _called(body, node)


def _operands(node: ast.AST, body: Body) -> list[ast.expr]:
    """The parts of a node that have to be expressions."""
    match node:
        case ast.BinOp(left, _, right):
            return [left, right]
        case ast.UnaryOp(_, operand):
            return [operand]
        case ast.Compare(left, _, rest):
            return [left, *rest]
        case ast.Call():
            return [*body.arguments(node, "Expr"), *body.arguments(node, "Condition")]
        case ast.Assign(targets, value) if any(isinstance(target, ast.Subscript) for target in targets):
            return [value]
        case ast.AugAssign(ast.Subscript(), _, value):
            return [value]
        case ast.Subscript(_, index):
            return [index]
    return []


def _timed(body: Body, name: str) -> str:
    kind = next((s.kind for s in body.spec.series if s.name == name), None)
    kept = kind in (Kind.PARAM, Kind.STATE, None)
    return f"{name}[t] or {name}[t-1]" if kept else f"{name}[t]"


def _subscripted(body: Body, node: ast.Subscript) -> Problem:
    """What to say of `lr[t]` or `m[t][0]`."""
    place, name = body.place(node), body.text(node.value)
    if not isinstance(node.value, ast.Name):
        return Problem(place, f"no element can be picked from {name}", "an equation holds for every element at once")
    if isinstance(node.ctx, ast.Store):
        fix = f"declare a Local for what is computed: {name}_now: Local, {name}_now[t] = ..."
        return Problem(place, f"{name} is set by the user and cannot be assigned", fix)
    return Problem(place, f"{name} is the same at each step", f"write {name} without {body.text(node)[len(name) :]}")


def _called(body: Body, node: ast.Call) -> Problem:
    """What to say of `m(t)` or `beta1 (...)`."""
    place, name = body.place(node), body.text(node.func)
    if body.sort(node.func) is Sort.SERIES:
        inner = ", ".join(map(body.text, node.args))
        return Problem(place, f"{name} is no function", f"write {name}[{inner}], with square brackets")
    return Problem(place, f"{name} is no function", "is a * missing in front of the bracket?")
