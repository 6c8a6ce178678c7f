"""A declared name keeps its meaning: `m[t] = ...` is an equation, `m = ...` would throw the state away.

So do `for m in ...`, `m += ...` and the like. The step `t` and the functions of the language are kept as well.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import OPERATORS, Body, equation_functions
from optgen.check.sorts import bodies
from optgen.check.text import bindings, protected_names
from optgen.problems import Problem
from optgen.spec.model import Kind, Spec

FROM_SOURCE = True


def check(spec: Spec) -> Iterator[Problem]:
    """Find bindings of names that have a meaning."""
    protected = protected_names(spec)
    for body in (b for b in bodies(spec) if b.is_spec):
        augmented = {n.target: n for n in body.nodes() if isinstance(n, ast.AugAssign)}
        for node in body.nodes():
            for name, culprit in bindings(node):
                if name not in protected:
                    continue
                place = body.place(culprit).at(name) if isinstance(culprit, ast.stmt) else body.place(culprit)
                update = augmented.get(culprit) if isinstance(culprit, ast.Name) else None
                fix = _fix(spec, name, update)
                if any(isinstance(n, ast.Name) and n.id == name for n in _values_at(body, culprit)):
                    fix += f", and {name}[t-1] for the value before"
                yield Problem(place, f"{name} is given another meaning here", fix)


def _values_at(body: Body, target: ast.AST) -> Iterator[ast.AST]:
    """What stands on the right of an assignment to a declared State or Param by its bare name."""
    kept = {s.name for s in body.spec.of_kind(Kind.PARAM, Kind.STATE)}
    timed = {n.value for n in body.nodes() if isinstance(n, ast.Subscript)}
    for node in body.nodes():
        if isinstance(node, ast.Assign) and target in node.targets and isinstance(target, ast.Name):
            yield from (n for n in ast.walk(node.value) if target.id in kept and n not in timed)


def _fix(spec: Spec, name: str, update: ast.AugAssign | None) -> str:
    """What to write instead of `name = ...`, or of the given `name += ...`."""
    kind = next((s.kind for s in spec.series if s.name == name), None)
    if kind in (Kind.GRAD, Kind.INPUT):
        return f"{name} is not for the spec to assign: declare a Local"
    if kind is not None and update is not None and kind is not Kind.LOCAL:
        return f"write {name}[t] = {name}[t-1] {OPERATORS.get(type(update.op), '+')} ..."
    if kind is not None:
        return f"write {name}[t] = ..."
    if any(h.name == name for h in spec.hypers):
        return f"{name} is a hyper-parameter: declare a Local for what is computed from it"
    if any(f.name == name for f in spec.flags):
        return f"{name} is a flag, which the user sets"
    if name in equation_functions():
        return f"{name} is a function of optgen.spec: choose another name"
    return f"{name} is the step: it counts by itself" if name == "t" else f"write {name}[t] = ..."
