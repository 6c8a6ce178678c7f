"""The functions that take part in a spec, as text: what their names and expressions stand for."""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from types import FunctionType
from typing import Any

import optgen.spec as language
from optgen.problems import Location
from optgen.spec.decorators import Declaration
from optgen.spec.model import Spec
from optgen.spec.places import node_place

_DECLARING = {language.hyper.__module__, language.optimizer.__module__}


class Sort(StrEnum):
    """What an expression stands for."""

    PLAIN = "plain"  # an ordinary Python value
    NUMBER = "number"  # an expression over the symbols of the spec
    CONDITION = "condition"
    SERIES = "series"  # a quantity without its time
    UNKNOWN = "unknown"  # cannot be told


OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
"""The arithmetic of equations, as it is written."""

SYMBOLIC = frozenset({Sort.NUMBER, Sort.CONDITION, Sort.SERIES})


@cache
def equation_functions() -> dict[str, FunctionType]:
    """The functions that an equation may use, by name."""
    public = {name: getattr(language, name) for name in language.__all__}
    return {n: f for n, f in public.items() if isinstance(f, FunctionType) and f.__module__ not in _DECLARING}


@dataclass
class Body:
    """One function that takes part in a spec: the spec itself, or a helper as it is called there.

    Attributes:
        spec: The spec.
        function: Syntax tree of the function.
        sorts: The sort of each expression that was reached.
        names: The sort of each name that the function binds.
        local_functions: Functions and lambdas that it defines.
    """

    spec: Spec
    function: ast.FunctionDef
    sorts: dict[ast.expr, Sort] = field(default_factory=dict)
    names: dict[str, Sort] = field(default_factory=dict)
    local_functions: dict[str, ast.FunctionDef | ast.Lambda] = field(default_factory=dict)

    @property
    def is_spec(self) -> bool:
        """Whether this is the spec's own body."""
        return self.function is self.spec.tree

    def sort(self, node: ast.expr) -> Sort:
        """The sort of an expression."""
        return self.sorts.get(node, Sort.UNKNOWN)

    def symbolic(self, node: ast.expr) -> bool:
        """Whether an expression certainly holds symbols."""
        return self.sort(node) in SYMBOLIC

    def place(self, node: ast.expr | ast.stmt | ast.alias) -> Location:
        """Where a node stands."""
        return node_place(node, self.spec.location.file)

    def text(self, node: ast.expr) -> str:
        """An expression as the author wrote it."""
        place = self.place(node)
        written = place.source[place.column : place.end_column]
        return written if node.lineno == node.end_lineno and written else ast.unparse(node)

    def value(self, node: ast.expr) -> Any:
        """The object that a name or a dotted name stands for in the spec's module; None where there is none."""
        match node:
            case ast.Name(name) if name not in self.names:
                return self.spec.names.get(name, getattr(builtins, name, None))
            case ast.Attribute(value, name):
                return getattr(self.value(value), name, None)
        return None

    def known(self, name: str) -> bool:
        """Whether a name stands for something; a spec is nothing that an equation can use, not even its own."""
        if isinstance(self.spec.names.get(name), Declaration):
            return name in self.names
        return name in self.names or name in self.spec.names or hasattr(builtins, name)

    def arguments(self, node: ast.Call, kind: str) -> list[ast.expr]:
        """The arguments of a function of the language whose parameters are annotated with `kind`; else none."""
        function = self.value(node.func)
        if function is abs and kind == "Expr":
            return node.args
        if function not in equation_functions().values():
            return []
        parameters = inspect.signature(function).parameters
        given = [*zip(parameters, node.args, strict=False), *((k.arg or "", k.value) for k in node.keywords)]
        return [value for name, value in given if name in parameters and kind in str(parameters[name].annotation)]

    def helper(self, node: ast.expr) -> ast.FunctionDef | ast.Lambda | None:
        """The function of this file that a call goes to, if it does."""
        if isinstance(node, ast.Name) and node.id in self.local_functions:
            return self.local_functions[node.id]
        value = inspect.unwrap(self.value(node)) if callable(self.value(node)) else None
        if isinstance(value, FunctionType) and value.__code__.co_filename == self.spec.location.file:
            return self.spec.functions.get(value.__name__)
        return None

    @cached_property
    def _all(self) -> list[ast.AST]:
        """Every node of the body in the order of the text, without nested functions."""
        found: list[ast.AST] = []

        def visit(node: ast.AST) -> None:
            found.append(node)
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for child in ast.iter_child_nodes(node):
                    visit(child)

        for statement in self.function.body:
            visit(statement)
        return found

    def nodes(self) -> Sequence[ast.AST]:
        """Every node of the body in the order of the text, without nested functions."""
        return self._all
