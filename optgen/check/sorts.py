"""What each expression in the text of a spec stands for: a number, a condition, a series, or plain Python.

The record of a run cannot tell a mistake that stopped the run, or one that Python resolved silently, from what
the author meant. So rules about the text read it themselves, with the sorts that are worked out here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from types import FunctionType

import sympy

import optgen.spec as language
from optgen.spec.model import Spec
from optgen.spec.symbols import Condition, Expr

from .body import SYMBOLIC, Body, Sort, equation_functions


def bodies(spec: Spec) -> list[Body]:
    """The spec's body and those of the helpers that it calls, each with its sorts; none without a text."""
    if spec.tree is None:
        return []
    key = (spec.tree, tuple(spec.parameters.items()))  # a transform is applied more than once
    if key not in _RECENT:
        _RECENT.clear()
        _RECENT[key] = _read(spec, spec.tree)
    return _RECENT[key]


_RECENT: dict[tuple[ast.FunctionDef, tuple[tuple[str, str], ...]], list[Body]] = {}
"""The bodies of the spec that was asked for last: one rule after the other asks for the same."""


def _read(spec: Spec, tree: ast.FunctionDef) -> list[Body]:
    symbols = {s.name: Sort.SERIES for s in spec.series}
    symbols |= {h.name: Sort.NUMBER for h in spec.hypers}
    symbols |= {f.name: Sort.CONDITION for f in spec.flags}
    arguments = {name: symbols[called] for name, called in spec.parameters.items() if called in symbols}
    arguments |= dict.fromkeys(arguments.keys() & {*language.__all__}, Sort.UNKNOWN)  # reported as taken already
    reader = _Reader(spec)
    reader.function(tree, arguments, {})
    return list(reader.bodies.values())


def _parameters(function: ast.FunctionDef) -> list[str]:
    a = function.args
    return [p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if p]


class _Reader:
    """Walks a function in the order of its text and gives each expression a sort."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.bodies: dict[tuple[ast.FunctionDef, tuple[Sort, ...]], Body] = {}
        self.returned: dict[tuple[ast.FunctionDef, tuple[Sort, ...]], Sort] = {}

    def function(self, function: ast.FunctionDef, arguments: dict[str, Sort], outer: dict[str, Sort]) -> Sort:
        """Read a function for given arguments; returns the sort of its result."""
        names = [*_parameters(function)]
        default = Sort.UNKNOWN if function is self.spec.tree else Sort.PLAIN
        key = (function, tuple(arguments.get(n, default) for n in names))
        if key not in self.returned:
            self.returned[key] = Sort.UNKNOWN  # of a function that calls itself
            body = Body(self.spec, function)
            self.bodies[key] = body
            walk = _Walk(self, body, outer | dict(zip(names, key[1], strict=True)))
            for statement in function.body:
                walk.statement(statement)
            results = set(walk.results)
            self.returned[key] = Sort.PLAIN if not results else results.pop() if len(results) == 1 else Sort.UNKNOWN
        return self.returned[key]


class _Walk:
    """One function's walk; see `_Reader`."""

    def __init__(self, reader: _Reader, body: Body, names: dict[str, Sort]) -> None:
        self.reader, self.body = reader, body
        self.fixed = set(names) if body.is_spec else set()
        body.names = names
        self.results: list[Sort] = []

    def statement(self, node: ast.AST) -> None:
        """Read one statement, or a part of one that is no expression."""
        match node:
            case ast.Assign(targets, value):
                self.expression(value)
                for target in targets:
                    self.bind(target, value)
            case ast.AnnAssign(target, _, value):
                if value:
                    self.expression(value)
                    self.bind(target, value)
            case ast.AugAssign(target, _, value):
                sorts = {self.expression(value), self.expression(target)}
                if isinstance(target, ast.Name):
                    self.name(target.id, _joined(sorts))
            case ast.For(target, iterable, body, orelse):
                plain = self.expression(iterable) is Sort.PLAIN
                self.bind(target, None, Sort.PLAIN if plain else Sort.UNKNOWN)
                for _ in range(2):  # a name that the first round binds is there in the second
                    for inner in (*body, *orelse):
                        self.statement(inner)
            case ast.FunctionDef():
                self.body.local_functions[node.name] = node
                self.name(node.name, Sort.PLAIN)
            case ast.Return(value):
                self.results.append(self.expression(value) if value else Sort.PLAIN)
            case ast.ClassDef() | ast.AsyncFunctionDef():
                self.name(node.name, Sort.UNKNOWN)
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.expression(child)
                    else:
                        self.statement(child)

    def name(self, name: str, sort: Sort) -> None:
        """Bind a name; a declared one keeps what it was declared as."""
        if name not in self.fixed:
            self.body.names[name] = sort

    def bind(self, target: ast.expr, value: ast.expr | None, sort: Sort | None = None) -> None:
        """Bind what a target names to a value's sort."""
        sort = sort or (self.body.sort(value) if value else Sort.UNKNOWN)
        match target, value:
            case ast.Name(name), ast.Lambda():
                self.body.local_functions[name] = value
                self.name(name, Sort.PLAIN)
            case ast.Name(name), _:
                self.name(name, sort)
            case ast.Tuple(targets) | ast.List(targets), _:
                values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
                matched = len(values) == len(targets)
                for number, part in enumerate(targets):
                    self.bind(part, values[number] if matched else None, None if matched else sort)
            case ast.Starred(inner), _:
                self.bind(inner, None, Sort.UNKNOWN)
            case _:
                self.expression(target)

    def expression(self, node: ast.expr) -> Sort:
        """Give an expression and its parts their sorts."""
        if isinstance(node, ast.Lambda):
            before = dict(self.body.names)
            self.body.names.update((argument.arg, Sort.UNKNOWN) for argument in node.args.args)
            self.expression(node.body)
            self.body.names.update(before)  # an argument may have the name of a symbol
            self.body.sorts[node] = Sort.PLAIN
            return Sort.PLAIN
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            for generator in node.generators:
                plain = self.expression(generator.iter) is Sort.PLAIN
                self.bind(generator.target, None, Sort.PLAIN if plain else Sort.UNKNOWN)
                for condition in generator.ifs:
                    self.expression(condition)
        parts = {child: self.expression(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)}
        if isinstance(node, ast.NamedExpr):
            self.bind(node.target, node.value)
        if isinstance(node, ast.Call):
            parts |= {k.value: self.expression(k.value) for k in node.keywords}
        self.body.sorts[node] = self._sort(node, parts)
        return self.body.sorts[node]

    def _sort(self, node: ast.expr, parts: dict[ast.expr, Sort]) -> Sort:
        match node:
            case ast.Name(name) if name in self.body.names:
                return self.body.names[name]
            case ast.Name(name) if not self.body.known(name):
                return Sort.UNKNOWN
            case ast.Name() | ast.Attribute():
                if any(sort is not Sort.PLAIN for sort in parts.values()):
                    return Sort.UNKNOWN
                return _sort_of(self.body.value(node))
            case ast.Constant() | ast.JoinedStr() | ast.Lambda():
                return Sort.PLAIN
            case ast.Subscript(value, _):
                timeless = parts[value] is Sort.CONDITION  # reported by itself
                return Sort.NUMBER if parts[value] is Sort.SERIES else Sort.UNKNOWN if timeless else parts[value]
            case ast.BinOp(_, ast.BitAnd() | ast.BitOr(), _) | ast.UnaryOp(ast.Invert(), _) | ast.BoolOp():
                return Sort.CONDITION if SYMBOLIC & set(parts.values()) else _joined(parts.values())
            case ast.Compare(_, [ast.Is() | ast.IsNot()], _):
                return Sort.PLAIN
            case ast.Compare() | ast.UnaryOp(ast.Not(), _):
                return Sort.CONDITION if SYMBOLIC & set(parts.values()) else _joined(parts.values())
            case ast.BinOp() | ast.UnaryOp():
                return Sort.NUMBER if SYMBOLIC & set(parts.values()) else _joined(parts.values())
            case ast.Call():
                return self._result(node, parts)
            case ast.IfExp(_, a, b):
                return parts[a] if parts[a] == parts[b] else Sort.UNKNOWN
            case ast.NamedExpr(_, value):
                return parts[value]
        return Sort.PLAIN if set(parts.values()) <= {Sort.PLAIN} else Sort.UNKNOWN

    def _result(self, node: ast.Call, parts: dict[ast.expr, Sort]) -> Sort:
        """The sort of what a call returns."""
        function = self.body.value(node.func)
        if isinstance(function, FunctionType) and function in equation_functions().values():
            return Sort.CONDITION if function.__annotations__.get("return") == "Condition" else Sort.NUMBER
        if function is abs:
            return Sort.NUMBER if SYMBOLIC & set(parts.values()) else _joined(parts.values())
        helper = self.body.helper(node.func)
        if isinstance(helper, ast.FunctionDef):
            starred = any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords)
            names = _parameters(helper)
            positional = [p.arg for p in (*helper.args.posonlyargs, *helper.args.args)]
            given = dict(zip(positional, (parts[a] for a in node.args), strict=False))
            given |= {k.arg: parts[k.value] for k in node.keywords if k.arg in names}
            given |= {p.arg: Sort.UNKNOWN for p in (helper.args.vararg, helper.args.kwarg) if p}  # collections
            outer = self.body.names if helper in self.body.local_functions.values() else {}
            return self.reader.function(helper, dict.fromkeys(names, Sort.UNKNOWN) if starred else given, outer)
        return Sort.PLAIN if set(parts.values()) <= {Sort.PLAIN} else Sort.UNKNOWN


def _joined(sorts: Iterable[Sort]) -> Sort:
    """The sort of arithmetic on operands of these sorts."""
    found = set(sorts)
    if found & SYMBOLIC:
        return Sort.NUMBER
    return Sort.UNKNOWN if Sort.UNKNOWN in found else Sort.PLAIN


def _sort_of(value: object) -> Sort:
    """The sort of an object of the spec's module."""
    if isinstance(value, Expr):
        return Sort.NUMBER
    return Sort.CONDITION if isinstance(value, Condition | sympy.logic.boolalg.BooleanAtom) else Sort.PLAIN
