"""What spec files declare, read off their text: quick, without SymPy, and without running them."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optgen.files import spec_files

OPTIMIZER, SCHEDULE, TRANSFORM, COMPOSITION = "optimizer", "schedule", "transform", "composition"


@dataclass(frozen=True)
class Declared:
    """Something that a spec file declares.

    Attributes:
        name: Its name.
        kind: What it is; a composition, the result of a transform, may be an optimizer or a schedule.
        file: Where.
        node: The function, or the assignment.
    """

    name: str
    kind: str
    file: Path
    node: ast.FunctionDef | ast.Assign

    @property
    def call(self) -> ast.Call:
        """The call that takes `paper=`, `class_name=` and `title=`."""
        if isinstance(self.node, ast.Assign):
            assert isinstance(self.node.value, ast.Call)
            return self.node.value
        calls = [d for d in self.node.decorator_list if isinstance(d, ast.Call)]
        return next((d for d in calls if _word(d) == self.kind), calls[0])


def declared(folder: Path) -> Iterator[Declared]:
    """What the files of a folder declare, in the order of the files; those that cannot be read are passed over."""
    for file in spec_files(folder):
        try:
            with tokenize.open(file) as opened:
                tree = ast.parse(opened.read())
        except (OSError, SyntaxError, ValueError):
            continue
        yield from declared_by(tree, file)


def declared_by(tree: ast.Module, file: Path) -> Iterator[Declared]:
    """What one file declares.

    Args:
        tree: Its syntax tree.
        file: Where it is.
    """
    transforms, called = _imported(tree), _called(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            words = [called.get(_word(d), _word(d)) for d in node.decorator_list if isinstance(d, ast.Call)]
            kind = next((w for w in words if w in (OPTIMIZER, SCHEDULE, TRANSFORM)), "")
            if kind == SCHEDULE and _has_place(node):
                kind = TRANSFORM
            transforms |= {node.name} if kind == TRANSFORM else set()
            if kind:
                yield Declared(node.name, kind, file, node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _applies(node.value, transforms):
            (target, *others) = node.targets
            if isinstance(target, ast.Name) and not others and not target.id.startswith("_"):
                yield Declared(target.id, COMPOSITION, file, node)


def _imported(tree: ast.Module) -> set[str]:
    """Names from other spec files, or of them, of which those that are called are transforms."""
    names = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("optgen.specs"))
        for alias in node.names
    }
    modules = [alias for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    return names | {m.asname or "optgen" for m in modules if m.name.startswith("optgen.specs")}


def _called(tree: ast.Module) -> dict[str, str]:
    """What the language's own words are, by what the file calls them."""
    return {
        alias.asname: alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "optgen.spec" and not node.level
        for alias in node.names
        if alias.asname
    }


def _applies(call: ast.Call, transforms: set[str]) -> bool:
    """Whether a transform is called: one of these names, or what a module of specs has."""
    root = ast.unparse(call.func).partition(".")[0]
    return _word(call) in transforms or (isinstance(call.func, ast.Attribute) and root in transforms)


def _word(call: ast.Call) -> str:
    """The name of what is called, without that of its module."""
    return ast.unparse(call.func).rpartition(".")[2]


def _has_place(node: ast.FunctionDef) -> bool:
    """Whether a schedule is to be applied to another one."""
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return any(a.annotation and ast.unparse(a.annotation).strip("\"'").endswith("Schedule") for a in arguments)
