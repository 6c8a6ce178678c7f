"""What the text of a spec names, whether or not its lines could run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

import optgen.spec as language
from optgen.spec.model import Kind, Spec
from optgen.spec.symbols import t

from .body import Body, equation_functions
from .sorts import bodies


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
        if isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and node.id not in body.names
        and node.id not in body.spec.names
        and body.value(node) is None
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


@dataclass(frozen=True)
class Mentions:
    """Names that the text of a spec uses.

    Attributes:
        assigned: Those that stand under an assignment with a time, or were meant to.
        used: Those whose value is used.
    """

    assigned: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)


def mentions(spec: Spec) -> Mentions:
    """What the spec's own body names; a series that goes to a helper may be assigned and used there."""
    found = Mentions()
    body = next((b for b in bodies(spec) if b.is_spec), None)
    bases: set[ast.expr] = set()
    for node in body.nodes() if body else ():
        match node:
            case ast.Subscript(ast.Name(name) as base, _, context):
                bases.add(base)
                (found.used if isinstance(context, ast.Load) else found.assigned).add(name)
            case ast.AugAssign(ast.Subscript(ast.Name(name))):
                found.used.add(name)
            case ast.Expr(ast.Compare(ast.Subscript(ast.Name(name)), [ast.Eq()], _)):
                found.assigned.add(name)
            case ast.Return(ast.expr()):
                found.assigned.update(s.name for s in spec.of_kind(Kind.PARAM))
            case ast.Name(name, ast.Load()) if node not in bases:
                found.used.add(name)
                found.assigned.add(name)
    for default in (*spec.tree.args.defaults, *spec.tree.args.kw_defaults) if spec.tree else ():
        found.used.update(n.id for n in ast.walk(default or ast.Pass()) if isinstance(n, ast.Name))
    if body:
        found.used.update(meant(body, name, True) or meant(body, name) for name in found.used - {*body.names})
        found.assigned.update(meant(body, name, True) for name in found.assigned - {*body.names})
    return found


def root(expression: ast.expr) -> ast.expr:
    """What stands in front of the dots: `np` of `np.linalg.norm`."""
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    return expression


def meant(body: Body, name: str, timed: bool = False) -> str:
    """What a name that stands for nothing is a slip of, if anything; a series where it has a time behind it."""
    series = [s.name for s in body.spec.series]
    functions = equation_functions()
    foreign = {*language.__all__} - {*functions, "t"}
    others = [n for n in (*body.names, *body.spec.names, *functions) if not n.startswith("_") and n not in foreign]
    close = get_close_matches(name, series if timed else others, n=1)
    return close[0] if close else ""
