"""Symbols have no attributes or methods: `norm(g[t])`, not `g[t].norm()`.

SymPy's own methods would be found on them, and would rewrite or evaluate what the author wrote.
"""

import ast
from collections.abc import Iterator

from optgen.check.replacements import replacement
from optgen.check.sorts import bodies
from optgen.problems import Problem
from optgen.spec.model import Spec

FROM_SOURCE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find attributes of symbols."""
    for body in bodies(spec):
        for node in body.nodes():
            match node:
                case ast.Attribute(value, name) if body.symbolic(value):
                    text = f"{body.text(value)} has no .{name}: a symbol knows operators and functions only"
                    yield Problem(body.place(node), text, replacement(name))
