"""The body of a spec is a list of equations.

A `while` would repeat them, a `return` or `yield` would end the record early or keep it from starting, a `try` would
hide mistakes, and a line that only computes something has no effect: `m[t] == ...` is meant to be `m[t] = ...`.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import Body
from optgen.check.sorts import bodies
from optgen.problems import Problem
from optgen.spec.model import Spec

FROM_SOURCE = True

_WORDS = {
    ast.Try: "try",
    ast.TryStar: "try",
    ast.With: "with",
    ast.Import: "import",
    ast.ImportFrom: "import",
    ast.Global: "global",
    ast.Nonlocal: "nonlocal",
    ast.Delete: "del",
    ast.Raise: "raise",
    ast.ClassDef: "class",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
}

_TEXT = "{} has no place in a spec, whose body is a list of equations"


def check(spec: Spec) -> Iterator[Problem]:
    """Find what is no equation."""
    for body in (b for b in bodies(spec) if b.is_spec):
        for node in body.nodes():
            if isinstance(node, ast.Return):
                yield Problem(body.place(node), "a spec returns nothing", "the update is what it assigns to theta[t]")
            elif isinstance(node, ast.stmt | ast.expr) and type(node) in _WORDS:
                word = _WORDS[type(node)]
                place = body.place(node)
                yield Problem(place.at(word) if isinstance(node, ast.stmt) else place, _TEXT.format(word))
            elif isinstance(node, ast.Expr):
                yield from _without_effect(node.value, body)
            elif isinstance(node, ast.While) and not body.symbolic(node.test):  # else it is a decision
                yield Problem(body.place(node).at("while"), _TEXT.format("while"), "write each equation once")


def _without_effect(value: ast.expr, body: Body) -> Iterator[Problem]:
    match value:
        case ast.Compare(left, [ast.Eq()], _) if body.symbolic(value):
            fix = f"did you mean {body.text(left)} = ...?"
        case _ if body.symbolic(value):
            fix = "write name[t] = ... in front of it, or take the line out"
        case _:
            return
    yield Problem(body.place(value), "this line assigns nothing", fix)
