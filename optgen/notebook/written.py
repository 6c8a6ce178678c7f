"""A spec file for a spec that is in memory, so that another process can read it."""

from __future__ import annotations

import ast
import linecache
import re
import reprlib
from types import FunctionType, ModuleType
from typing import Any

import optgen.spec as language
from optgen.problems import Location, Problem, SpecError
from optgen.spec.decorators import Declaration, Transform
from optgen.spec.places import function_file, function_tree

_SHIPPED = "optgen.specs"


def written(declaration: Declaration, name: str) -> str:
    """The text of a spec file: the spec, and what it refers to.

    Args:
        declaration: The decorated function, or the result of a transform.
        name: What the spec is called.

    Raises:
        SpecError: It refers to something that only this process has.
    """
    writer = _Writer(declaration.location)
    writer.add(name, declaration)
    return "from optgen.spec import *\n\n" + "\n\n".join(writer.parts.values()) + "\n"


class _Writer:
    """Collects definitions, each behind those that it refers to."""

    def __init__(self, place: Location) -> None:
        self.place = place
        self.parts: dict[str, str] = {}
        self.begun: set[str] = set()

    def add(self, name: str, value: Any) -> None:
        """Write down what a name stands for."""
        if name in self.begun or getattr(language, name, None) is value:
            return
        self.begun.add(name)  # first, as functions may call themselves
        module = getattr(getattr(value, "function", value), "__module__", "")
        if isinstance(value, Declaration) and value.parts:
            self.parts[name] = f"{name} = {self._composed(value)}"
        elif isinstance(value, Declaration | Transform) and module.startswith(_SHIPPED):
            self.parts[name] = f"from {module} import {value.name} as {name}"
        elif isinstance(value, Declaration | Transform):
            self._function(name, value.function)
        elif isinstance(value, FunctionType) and module.startswith("optgen.spec."):
            self.parts[name] = f"from optgen.spec import {value.__name__} as {name}"
        elif isinstance(value, FunctionType):
            self._function(name, value)
        elif isinstance(value, ModuleType):
            self.parts[name] = f"import {value.__name__} as {name}"
        elif _is_literal(value):
            self.parts[name] = f"{name} = {value!r}"
        elif isinstance(value, type) and module not in ("", "__main__"):
            self.parts[name] = f"from {module} import {value.__qualname__} as {name}"
        else:
            text = f"{name}, which the spec refers to, cannot be written down: it is {reprlib.repr(value)}"
            raise SpecError([Problem(self.place, text, "save the spec in a file, and load that")])

    def _function(self, name: str, function: FunctionType | Any) -> None:
        """The text of a function, behind that of everything that it refers to."""
        tree = function_tree(function)
        self._refer(tree, function.__globals__)
        lines = linecache.getlines(function_file(function))
        first = min([tree.lineno, *(d.lineno for d in tree.decorator_list)])
        text = "".join(lines[first - 1 : tree.end_lineno]).rstrip()
        # What a spec is called is the name of its function.
        self.parts[name] = re.sub(rf"^def {tree.name}\b", f"def {name}", text, count=1, flags=re.MULTILINE)

    def _refer(self, node: ast.AST, names: dict[str, Any]) -> None:
        for found in ast.walk(node):
            if isinstance(found, ast.Name) and found.id in names:
                self.add(found.id, names[found.id])

    def _composed(self, made: Declaration) -> str:
        """The call of a transform, made of what it was given."""
        transform = Transform(made.function, made.kind, made.paper, made.title, made.location, {})
        self.add(transform.name, transform)
        given = []
        for number, part in enumerate(made.parts):
            name = f"part{number}_{part.name}" if part.parts else part.name
            self.add(name, part)
            given.append(name)
        defaults = {"paper": made.paper, "class_name": made.class_name, "title": made.title} | dict(made.defaults)
        for key, value in defaults.items():
            if not isinstance(value, str | bool | int | float):
                text = f"{key}={value!r} cannot be written down"
                raise SpecError([Problem(made.location, text, "save the spec in a file, and load that")])
        return f"{transform.name}({', '.join([*given, *(f'{k}={v!r}' for k, v in defaults.items() if v != '')])})"


def _is_literal(value: Any) -> bool:
    """Whether a value is what its text says: numbers, strings, and tuples, lists and dicts of those."""
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (ValueError, SyntaxError, TypeError):
        return False
