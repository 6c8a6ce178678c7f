"""An equation says what a value is: `m[t] = ...`, never `m[t] += ...`.

Before its equation `m[t]` has no value that could be added to, and behind it the value is final.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import OPERATORS, Body, Sort
from optgen.check.sorts import bodies
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec

FROM_SOURCE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find augmented assignments to series."""
    for body in bodies(spec):
        for node in body.nodes():
            match node:
                case ast.AugAssign(ast.Subscript(ast.Name(name) as base), op) if body.sort(base) is Sort.SERIES:
                    sign = OPERATORS.get(type(op), "?")
                    text = f"{body.text(node.target)} {sign}= ... changes a value, but an equation says what it is"
                    yield Problem(body.place(node.target), text, _fix(body, node, name, sign))


def _fix(body: Body, node: ast.AugAssign, name: str, sign: str) -> str:
    value = body.text(node.value)
    if isinstance(node.value, ast.BinOp) and sign not in ("+",):
        value = f"({value})"
    for other in body.nodes():
        match other:
            case ast.Assign([ast.Subscript(ast.Name(assigned))]) | ast.AugAssign(ast.Subscript(ast.Name(assigned))):
                if assigned == name and other.lineno < node.lineno:
                    return f"put it into the equation of {name}[t] in line {other.lineno}"
    kind = next((s.kind for s in body.spec.series if s.name == name), None)
    if kind in (Kind.GRAD, Kind.INPUT):
        return f"declare a Local, d: Local, and write d[t] = {name}[t] {sign} {value}"
    if kind in (Kind.STATE, Kind.PARAM):
        return f"write {name}[t] = {name}[t-1] {sign} {value}"
    return f"write {name}[t] = ..."
