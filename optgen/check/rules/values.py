"""What stands in an equation is an expression: no text, tuple, list, None or truth value.

`"beta1 * m"` would be a text, and a comma at the end of a line would make a tuple of its value.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import Body, Sort
from optgen.check.sorts import bodies
from optgen.problems import Problem
from optgen.spec.model import Spec

FROM_SOURCE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find values that are no expressions where one has to be."""
    for body in bodies(spec):
        for node in body.nodes():
            for part in _parts(node, body):
                found = _complaint(part, node) or _function(part, body)
                if found:
                    yield Problem(body.place(part), *found)


def _parts(node: ast.AST, body: Body) -> list[ast.expr]:
    """The parts of a node that have to be expressions."""
    match node:
        case ast.BinOp(left, _, right) if body.symbolic(left) or body.symbolic(right):
            return [left, right]
        case ast.Compare(left, ops, rest) if any(map(body.symbolic, (left, *rest))):
            return [left, *rest] if isinstance(ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE) else []
        case ast.Call():
            return body.arguments(node, "Expr")
        case ast.Assign([*_, ast.Subscript(base, _)], value) if body.sort(base) is Sort.SERIES:
            return [value]
        case ast.AnnAssign(ast.Subscript(base, _), _, ast.expr() as value) if body.sort(base) is Sort.SERIES:
            return [value]
    return []


def _function(part: ast.expr, body: Body) -> tuple[str, str] | None:
    """What to say of a function or a class that is not called."""
    value = body.value(part)
    if isinstance(value, type) or (callable(value) and body.sort(part) is Sort.PLAIN):
        name = body.text(part)
        return f"{name} is no expression", f"call it: {name}(...)" if not isinstance(value, type) else ""
    return None


def _complaint(part: ast.expr, whole: ast.AST) -> tuple[str, str] | None:
    match part:
        case ast.Constant(str() as text):
            return "a text in quotes is no expression", f"write {text} without quotes" if text.strip() else ""
        case ast.JoinedStr() | ast.Constant(bytes()):
            return "a text in quotes is no expression", "write the expression itself"
        case ast.Constant(None):
            return "None is no expression", ""
        case ast.Constant(bool(value)):
            return f"{value} is no number", f"write {int(value)}"
        case ast.Constant(value) if value is ...:
            return "... is no expression", ""
        case ast.Constant(complex()):
            return "a complex number has no place in an equation", ""
        case ast.Tuple() if isinstance(whole, ast.Assign):
            return "a comma makes this a tuple, which is no expression", "take the comma away"
        case ast.Tuple() | ast.List() | ast.Set() | ast.Dict() | ast.ListComp() | ast.GeneratorExp():
            return "a collection is no expression", "an equation holds for every element at once"
    return None
