"""Every name of an equation is declared, imported, or made in the file.

The run meets the first one only; the text shows them all.
"""

import ast
from collections.abc import Iterator

from optgen.check.body import Body
from optgen.check.sorts import bodies
from optgen.check.text import meant, root, undeclared_kinds, undefined
from optgen.problems import Problem
from optgen.spec.model import Spec

FROM_SOURCE = True

_DIMENSIONS = ("dim", "ndim", "ndims", "rank")
"""What programs call the number of dimensions."""

_TIMES = {"t": "t", "new": "t", "prev": "t-1", "old": "t-1", "last": "t-1"}
"""What the endings of names say of times in programs."""


def check(spec: Spec) -> Iterator[Problem]:
    """Find names that stand for nothing; each is reported where it stands first."""
    for body in bodies(spec):
        # What is called is looked at by the rule `unknown_function`.
        called = {root(n.func) for n in body.nodes() if isinstance(n, ast.Call)}
        timed = {n.value for n in body.nodes() if isinstance(n, ast.Subscript)}
        times = {n for s in body.nodes() if isinstance(s, ast.Subscript) for n in ast.walk(s.slice)}
        over = {k.value for n in body.nodes() if isinstance(n, ast.Call) for k in n.keywords if k.arg == "over"}
        kinds = undeclared_kinds(spec) if body.is_spec else {}
        seen: set[str] = set()
        for node in undefined(body):
            if node not in called and node.id not in seen:
                seen.add(node.id)
                fix = "did you mean t?" if node in times and node.id != "t" else _fix(body, node.id, node in timed)
                if node in over:
                    fix = f'write over="{node.id}"'
                if node.id in kinds:
                    fix = f"declare it in the def line: {node.id}: {kinds[node.id].capitalize()}"
                yield Problem(body.place(node), f"{node.id} is not defined", fix)


def _fix(body: Body, name: str, timed: bool) -> str:
    if name == "t":
        return "import t from optgen.spec"
    if name in _DIMENSIONS:
        return "did you mean dims?"
    flag = f"declare it in the def line: {name}: Flag = flag()"
    if name in {s.only_if for s in body.spec.states}:
        return flag
    series, _, time = name.rpartition("_")
    if series in {s.name for s in body.spec.series} and time in _TIMES:
        return f"did you mean {series}[{_TIMES[time]}]?"
    slip = meant(body, name, timed)
    if slip and not {slip, name} <= _assigned(body):  # else each of the two has an equation of its own
        return f"did you mean {slip}?"
    if name in _conditions(body):
        return flag
    if not timed:
        return f"declare it in the def line: {name}: Hyper = hyper(...)"
    times = {
        body.text(n.slice)
        for n in body.nodes()
        if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name) and n.value.id == name
    }
    return f"declare it in the def line: {name}: {'Local' if times == {'t'} else 'State'}"


def _assigned(body: Body) -> set[str]:
    """The names that stand under an equation."""
    stored = [n.value for n in body.nodes() if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store)]
    return {value.id for value in stored if isinstance(value, ast.Name)}


def _conditions(body: Body) -> set[str]:
    """The names that stand where a condition belongs."""
    found: list[ast.expr] = []
    for node in body.nodes():
        match node:
            case ast.Call():
                found += body.arguments(node, "Condition")
            case ast.BinOp(left, ast.BitAnd() | ast.BitOr(), right):
                found += [left, right]
            case ast.UnaryOp(ast.Invert(), operand):
                found.append(operand)
    return {node.id for node in found if isinstance(node, ast.Name)}
