"""Every name of an equation is declared, imported, or made in the file.

The run meets the first one only; the text shows them all.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import Body
from optgen.check.sorts import bodies
from optgen.check.text import meant, root, undefined
from optgen.problems import Problem
from optgen.spec.model import Spec

FROM_SOURCE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find names that stand for nothing; each is reported where it stands first."""
    for body in bodies(spec):
        # What is called is looked at by the rule `unknown_function`.
        called = {root(n.func) for n in body.nodes() if isinstance(n, ast.Call)}
        timed = {n.value for n in body.nodes() if isinstance(n, ast.Subscript)}
        seen: set[str] = set()
        for node in undefined(body):
            if node not in called and node.id not in seen:
                seen.add(node.id)
                yield Problem(body.place(node), f"{node.id} is not defined", _fix(body, node.id, node in timed))


def _fix(body: Body, name: str, timed: bool) -> str:
    if name == "t":
        return "import t from optgen.spec"
    slip = meant(body, name, timed)
    if slip:
        return f"did you mean {slip}?"
    if not timed:
        return f"declare it in the def line: {name}: Hyper = hyper(...)"
    times = {
        body.text(n.slice)
        for n in body.nodes()
        if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name) and n.value.id == name
    }
    return f"declare it in the def line: {name}: {'Local' if times == {'t'} else 'State'}"
