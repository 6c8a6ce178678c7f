"""What the text of a spec names, whether or not its lines could run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import optgen.spec as language
from optgen.spec.model import Kind, Series, Spec
from optgen.spec.symbols import t

from .body import Body, equation_functions
from .sorts import bodies

_CUSTOMARY = {
    Kind.PARAM: {"theta", "param", "params", "parameter", "p", "w", "weight", "weights", "x"},
    Kind.GRAD: {"g", "grad", "grads", "gradient", "dw"},
}
"""What parameters and gradients are called elsewhere."""


def bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr | ast.stmt | ast.alias]]:
    """The names that one node by itself gives a new meaning, each with the node to point at."""
    match node:
        case ast.Name(name, ast.Store()):
            yield name, node
        case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
            yield name, node
        case ast.Import(aliases) | ast.ImportFrom(_, aliases):
            for alias in aliases:
                yield (alias.asname or alias.name).partition(".")[0], alias


def lost_names(spec: Spec) -> set[str]:
    """The names that do not mean in the body what they say: bound anew, hidden, or not there.

    Each has a message of its own; what follows from it needs none.
    """
    if spec.tree is None:
        return set()
    body = next(b for b in bodies(spec) if b.is_spec)
    protected = protected_names(spec)
    lost = {name for node in body.nodes() for name, _ in bindings(node) if name in protected}
    lost |= {many.arg for many in (spec.tree.args.vararg, spec.tree.args.kwarg) if many}
    lost |= declared_names(spec) & {*equation_functions(), "t"}
    return lost | {node.id for node in undefined(body)}


def undefined(body: Body) -> list[ast.Name]:
    """Every use of a name that stands for nothing."""
    return [
        node
        for node in body.nodes()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not body.known(node.id)
    ]


def protected_names(spec: Spec) -> set[str]:
    """The names that keep their meaning in the spec's body: its symbols, the step, and imported functions."""
    functions = equation_functions()
    known = {n for n, value in spec.names.items() if value is t or (n in functions and value is functions[n])}
    return declared_names(spec) | known


def declared_names(spec: Spec) -> set[str]:
    """Every name that the spec declares, or tried to."""
    names = understood_names(spec)
    if spec.tree is not None:
        a = spec.tree.args
        names |= {p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if p}
    return names


def understood_names(spec: Spec) -> set[str]:
    """Every name that the spec declares as something."""
    return {s.name for s in spec.series} | {h.name for h in spec.hypers} | {f.name for f in spec.flags}


def _mentioned(spec: Spec) -> set[str]:
    """What the spec's own body assigns, or may: a series that goes to a helper may be assigned there."""
    found: set[str] = set()
    body = next((b for b in bodies(spec) if b.is_spec), None)
    bases: set[ast.expr] = set()
    for node in body.nodes() if body else ():
        match node:
            case ast.Subscript(ast.Name(name) as base, _, context):
                bases.add(base)
                found.update([name] if isinstance(context, ast.Store) else [])
            case ast.Expr(ast.Compare(ast.Subscript(ast.Name(name)), [ast.Eq()], _)):
                found.add(name)
            case ast.Return(ast.expr()):
                found.update(s.name for s in spec.of_kind(Kind.PARAM))
            case ast.Name(name, ast.Load()) if node not in bases:
                found.add(name)
    return found | {meant(body, name, True) for name in found - {*body.names}} if body else found


def root(expression: ast.expr) -> ast.expr:
    """What stands in front of the dots: `np` of `np.linalg.norm`."""
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression


def close(name: str, candidates: Iterable[str], likeness: float = 0.6) -> str:
    """The candidate that a name is a slip of, if any; upper and lower case are the likeliest."""
    known = [*candidates]
    same = [c for c in known if c.lower() == name.lower()]
    return next(iter(same or get_close_matches(name, known, n=1, cutoff=likeness)), "")


def without_equation(spec: Spec) -> list[Series]:
    """The parameter or factor and what is used, as far as they have no equation; a first value does for a state."""
    assigned = {e.lhs.series for e in (*spec.equations, *spec.initial)} | lost_names(spec)
    if not spec.complete:
        assigned |= _mentioned(spec)
    read = {r.atom.series for r in spec.reads}
    used = [s for s in spec.of_kind(Kind.STATE, Kind.LOCAL) if s.name in read]
    return [s for s in (*spec.of_kind(Kind.PARAM, Kind.FACTOR)[:1], *used) if s.name not in assigned]


def misplaced(spec: Spec) -> int:
    """How many equations of the text stand under what can have none: a gradient, a number, a text in quotes."""
    body = next((b for b in bodies(spec) if b.is_spec), None)
    series = {s.name: s.kind for s in spec.series}
    found = 0
    for node in body.nodes() if body else ():
        match node:
            case ast.Subscript(ast.Name(name), _, ast.Store()):
                fixed = name in declared_names(spec) and series.get(name) in (None, Kind.GRAD, Kind.INPUT)
                found += fixed
            case ast.Subscript(ast.Constant(), _, ast.Store()):
                found += 1
    return found


def undeclared_kinds(spec: Spec) -> dict[str, Kind]:
    """The undefined names that stand for a parameter or a gradient which is not declared."""
    body = next((b for b in bodies(spec) if b.is_spec), None)
    if body is None or not declared_names(spec) <= understood_names(spec):
        return {}
    unknown = {node.id for node in undefined(body)}
    timed = [n for n in body.nodes() if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name)]
    assigned = [n.value.id for n in timed if isinstance(n.value, ast.Name) and isinstance(n.ctx, ast.Store)]
    read = [n.value.id for n in timed if isinstance(n.value, ast.Name) and n.value.id not in assigned]
    found: dict[str, Kind] = {}
    for kind, names in ((Kind.PARAM, assigned[::-1]), (Kind.GRAD, read)):
        name = next((n for n in names if n in unknown), "")
        if name and not spec.of_kind(kind):
            found[name] = kind
    return found


def meant(body: Body, name: str, timed: bool = False) -> str:
    """What a name that stands for nothing is a slip of, if anything; a series where it has a time behind it."""
    series = [s.name for s in body.spec.series]
    foreign = {*language.__all__} - {"t"}  # a function is no value
    others = [n for n in (*body.names, *body.spec.names) if body.known(n) and n[0] != "_" and n not in foreign]
    if timed:
        return _only_assigned(body, name) or close(name, series) or _customary(body, name)
    # With no time behind it, it is hardly a series: `beta` is no slip of `theta`.
    return close(name, [n for n in others if n not in series]) or close(name, series, 0.75)


def _customary(body: Body, name: str) -> str:
    """The parameter or gradient, where a name of other specs or programs was written."""
    kind = next((kind for kind, names in _CUSTOMARY.items() if name.lower() in names), None)
    return next((s.name for s in body.spec.series if s.kind is kind), "")


def _only_assigned(body: Body, name: str) -> str:
    """The one series without an equation, where a name stands under an equation and nowhere else."""
    names = [n for n in body.nodes() if isinstance(n, ast.Name)]
    timed = {n.value: n.ctx for n in body.nodes() if isinstance(n, ast.Subscript)}
    if any(n.id == name and not isinstance(timed.get(n), ast.Store) for n in names):
        return ""
    other = {n.id for n in names if not isinstance(timed.get(n), ast.Load)}  # assigned, or handed to a helper
    bare = [s.name for s in body.spec.of_kind(Kind.PARAM, Kind.STATE, Kind.LOCAL) if s.name not in other]
    return bare[0] if len(bare) == 1 else ""
