"""`==` and `!=` do not make conditions: Python answers them on the spot, by comparing how expressions look.

`where(m[t] == 0, a, b)` would always choose `b`, whatever the value of m is.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import Sort
from optgen.check.decisions import within_decisions
from optgen.check.sorts import bodies
from optgen.problems import Problem
from optgen.spec.model import Spec

FROM_SOURCE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find comparisons that Python answers itself."""
    for body in bodies(spec):
        decided = within_decisions(body)
        alone = {n.value for n in body.nodes() if isinstance(n, ast.Expr)}  # the rule `statements` has these
        for node in body.nodes():
            match node:
                case ast.Compare(left, [ast.Eq() | ast.NotEq() as op], [right]):
                    if node in decided or node in alone or not (body.symbolic(left) or body.symbolic(right)):
                        continue
                    sign, prefix = ("==", "") if isinstance(op, ast.Eq) else ("!=", "~")
                    text = f"{sign} compares how the two sides are written, not their values"
                    fix = f"use {prefix}equal({body.text(left)}, {body.text(right)})"
                    if Sort.CONDITION in (body.sort(left), body.sort(right)):
                        fix = "a condition is asked as it is, or with ~ in front of it"
                    yield Problem(body.place(node), text, fix)
