"""Where in the text a part of the record stands."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

import sympy

from optgen.problems import Location
from optgen.spec.functions import Reduction, Where
from optgen.spec.model import Equation, Kind, Read, Spec
from optgen.spec.places import node_place
from optgen.spec.symbols import At, Unknown, dims


def series_kinds(spec: Spec) -> dict[str, Any]:
    """The kind of each series by its name."""
    return {s.name: s.kind for s in spec.series}


def written(place: Location, atom: At) -> str:
    """A series at a time, as the author wrote it."""
    text = place.source[place.column : place.end_column] if place.column >= 0 else ""
    return text if text.startswith(atom.series) else str(atom)


def premature(spec: Spec) -> list[Read]:
    """The uses of new values above the equations that give them."""
    first: dict[str, int] = {}
    for number, equation in enumerate(spec.equations):
        if equation.lhs.lag == 0:
            first.setdefault(equation.lhs.series, number)
    return [r for r in spec.reads if r.atom.lag == 0 and first.get(r.atom.series, -1) >= r.after]


def doubled(spec: Spec) -> list[tuple[Equation, Equation]]:
    """The second equations of what the spec assigns, each behind the first."""
    kinds = series_kinds(spec)
    first: dict[str, Equation] = {}
    found = []
    for equation in spec.equations:
        if equation.lhs.lag == 0 and kinds[equation.lhs.series] not in (Kind.GRAD, Kind.INPUT):
            before = first.setdefault(equation.lhs.series, equation)
            found += [(before, equation)] if before is not equation else []
    return found


def loops_at(spec: Spec, line: int) -> list[ast.For]:
    """The loops around a line of the spec's body, the innermost last."""
    return [
        node
        for node in (ast.walk(spec.tree) if spec.tree else ())
        if isinstance(node, ast.For) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]


def known(spec: Spec) -> list[tuple[int, Equation]]:
    """The equations whose right side was recorded, numbered as in the spec."""
    return [(n, e) for n, e in enumerate(spec.equations) if not isinstance(e.rhs, Unknown)]


def atom_places(spec: Spec, number: int, atom: At) -> list[Location]:
    """The places where equation `number` reads an atom, in the order of the text; one at least."""
    places = [r.location for r in spec.reads if r.after == number and r.atom == atom]
    return places or [spec.equations[number].location]


def call_places(spec: Spec, equation: Equation, function: str) -> list[Location]:
    """The places in an equation's text where a function is called, by the start of the call."""
    calls = [
        node
        for statement in statements_at(spec, equation.location.line)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == function
    ]
    calls.sort(key=lambda node: (node.lineno, node.col_offset))
    return [node_place(node, equation.location.file) for node in calls]


def statements_at(spec: Spec, line: int) -> list[ast.stmt]:
    """The innermost statement at a line of the spec or of a function of its file, if there is one."""
    functions = [*spec.functions.values(), *([spec.tree] if spec.tree else [])]
    found: list[ast.stmt] = []
    for function in functions:
        for node in (n for statement in function.body for n in ast.walk(statement)):
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
                found = [node]  # `walk` meets the outer ones first
    return found


def word_place(spec: Spec, equation: Equation, word: str) -> Location:
    """Where a word stands in an equation; its left side where it does not."""
    for statement in statements_at(spec, equation.location.line):
        for node in ast.walk(statement):
            if isinstance(node, ast.Name | ast.Attribute) and word in (ast.unparse(node), getattr(node, "attr", "")):
                return node_place(node, equation.location.file)
    return equation.location


def expression_place(spec: Spec, equation: Equation, node: Any) -> Location:
    """Where a function, a divisor or a power of an equation stands in its text: the first one over the same symbols.

    The left side of the equation where that cannot be told, as for what a helper computes.
    """
    declared = {*series_kinds(spec), *(h.name for h in spec.hypers), *(f.name for f in spec.flags), "t"}
    symbols = {s.series if isinstance(s, At) else s.name for s in node.free_symbols}
    found = [
        part
        for statement in statements_at(spec, equation.location.line)
        for part in _written_as(node, statement)
        if symbols == declared & _names(part)
    ]
    found.sort(key=lambda part: (part.lineno, part.col_offset))
    certain = found and (symbols or len(found) == 1)
    return node_place(found[0], equation.location.file) if certain else equation.location


def _names(node: ast.AST) -> set[str]:
    """The names of an expression; those of times, as the `t` of `m[t]`, are left out."""
    inner = [node.value] if isinstance(node, ast.Subscript) else list(ast.iter_child_nodes(node))
    return {node.id} if isinstance(node, ast.Name) else set().union(*map(_names, inner))


def _written_as(node: Any, statement: ast.stmt) -> Iterator[ast.expr]:
    """The parts of a statement that may have made a node: of a quotient, the divisor."""
    root = isinstance(node, sympy.Pow) and node.exp is sympy.S.Half
    name = "sqrt" if root else type(node).__name__.lower()
    for part in ast.walk(statement):
        match part:
            case ast.Call(function) if ast.unparse(function).rpartition(".")[2] == name:
                yield part
            case ast.BinOp(_, ast.Div(), divisor) if isinstance(node, sympy.Pow) and node.exp == -1:
                yield divisor
            case ast.BinOp(_, ast.Pow(), _) if isinstance(node, sympy.Pow) and not root:
                yield part


Case = Callable[[Any], bool | None]
"""The truth of a condition that is no combination of others, in some case; None where that depends on more."""


def without_flag(flag: str) -> Case:
    """The case that a flag is off."""
    return lambda condition: False if isinstance(condition, sympy.Symbol) and condition.name == flag else None


def of_vectors(condition: Any) -> bool | None:
    """The case that a tensor has fewer than two dimensions."""
    if condition.free_symbols != {dims}:
        return None
    found = {condition.xreplace({dims: sympy.Integer(count)}) for count in (0, 1)}
    return bool(found.pop()) if len(found) == 1 else None


def _unless(rhs: Any, case: Case) -> Iterator[tuple[At, bool]]:
    """Every use of a series in an expression, and whether it is out of reach in a case; in order."""

    def visit(node: Any, out: bool) -> Iterator[tuple[At, bool]]:
        if isinstance(node, At):
            yield node, out
        elif isinstance(node, Where):
            condition, a, b = node.args
            truth = _truth(condition, case)
            yield from visit(condition, out)
            yield from visit(a, out or truth is False)
            yield from visit(b, out or truth is True)
        else:
            for part in parts(node):
                yield from visit(part, out)

    return visit(rhs, False)


def uses_beside(spec: Spec, case: Case, states: set[str]) -> Iterator[tuple[Location, Equation, At]]:
    """The uses of some states within reach in a case, by equations that are needed there for more than these states."""
    if not states:
        return
    beside = states | _not_needed(spec, case, states)
    for number, equation in known(spec):
        if equation.lhs.series in beside:
            continue
        seen: dict[At, int] = {}
        for atom, out in _unless(equation.rhs, case):
            count = seen.setdefault(atom, 0)
            seen[atom] += 1
            if atom.series in states and not out:
                places = atom_places(spec, number, atom)
                yield places[min(count, len(places) - 1)], equation, atom


def _not_needed(spec: Spec, case: Case, states: set[str]) -> set[str]:
    """The locals that in a case nothing uses but some states, and each other."""
    found = {name for name, kind in series_kinds(spec).items() if kind is Kind.LOCAL}
    while True:
        free = {
            atom.series
            for _, equation in known(spec)
            if equation.lhs.series not in found | states
            for atom, out in _unless(equation.rhs, case)
            if not out
        }
        if not found & free:
            return found
        found -= free


def _truth(condition: Any, case: Case) -> bool | None:
    """The truth of any condition in a case."""
    match condition:
        case sympy.Not():
            inner = _truth(condition.args[0], case)
            return None if inner is None else not inner
        case sympy.And() | sympy.Or():
            decisive = isinstance(condition, sympy.Or)  # the operand that settles it
            parts = [_truth(part, case) for part in condition.args]
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
    return case(condition)


def preorder(node: Any, wanted: Callable[[Any], bool]) -> Iterator[Any]:
    """The parts of a tree that are wanted, outer before inner, in the author's order."""
    if wanted(node):
        yield node
    for part in parts(node):
        yield from preorder(part, wanted)


def parts(node: Any) -> tuple[Any, ...]:
    """What a tree is made of; nothing where an author put something in that SymPy has no tree of."""
    if isinstance(node, Reduction):
        return node.args[:1]  # the other says what it goes over
    return tuple(node.args) if isinstance(node, sympy.Basic) else ()
