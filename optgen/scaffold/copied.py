"""The text of a spec under another name, for another folder."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterable
from pathlib import Path

from optgen.sources import Declared, declared_by

SHIPPED = "optgen.specs"
_WIDTH = 100


def copied(spec: Declared, name: str, class_name: str, root: Path, package: str) -> str:
    """The file of a spec, without what else it declares, for the top level of a folder of specs.

    Docstring, comments and paper stay. The class and the title become those of the new name.

    Args:
        spec: What is copied.
        name: What it is called now.
        class_name: Name of the class that follows from the name.
        root: The folder of specs that it is in.
        package: What stands for that folder in imports: `optgen.specs`, or nothing where the new file is in it too.
    """
    with tokenize.open(spec.file) as file:
        lines = file.read().splitlines()
    tree = ast.parse("\n".join(lines))
    others = {d.name for d in declared_by(tree, spec.file)} - {spec.name}
    own = next(node for node in tree.body if node.lineno == spec.node.lineno)
    needed = _needed(own, tree, others)
    inside = spec.file.resolve().relative_to(root.resolve()).parent.parts
    imports: list[str] = []
    parts: list[str] = []
    for node, text in _segments(tree, lines):
        if isinstance(node, ast.ImportFrom | ast.Import):
            imports += _import(node, needed, inside, package)
        elif node is own:
            parts.append(_renamed(spec, text, node, name))
        elif _names(node) & needed - others:
            parts.append(text)
    here = ".".join((*inside, spec.file.stem))
    imports += [_from(_module(package, here), [(other, other)]) for other in sorted(others & needed)]
    gap = "\n\n\n" if isinstance(own, ast.FunctionDef) else "\n\n"
    head = "\n".join(_grouped(imports))
    return f'"""{class_name}."""\n\n{gap.join([head, *parts])}\n'


def _segments(tree: ast.Module, lines: list[str]) -> Iterable[tuple[ast.stmt, str]]:
    """Each statement of a file with its text and the comments that stand before it; without the docstring."""
    end = 0
    for node in tree.body:
        begin, end = end, node.end_lineno or node.lineno
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node, "\n".join(lines[begin:end]).strip("\n")


def _names(node: ast.stmt) -> set[str]:
    """The names that a statement gives a meaning to."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _needed(own: ast.stmt, tree: ast.Module, others: set[str]) -> set[str]:
    """The names that a statement refers to, and those that its helpers do."""
    found: set[str] = set()
    waiting = [own]
    while waiting:
        used = {n.id for n in ast.walk(waiting.pop()) if isinstance(n, ast.Name)} - found
        found |= used
        waiting += [node for node in tree.body if node is not own and _names(node) & (used - others)]
    return found


def _import(
    node: ast.ImportFrom | ast.Import, needed: set[str], inside: tuple[str, ...], package: str
) -> Iterable[str]:
    """An import, without the names that are not needed, as it reads in the new folder."""
    pairs = [(a.name, a.asname or a.name) for a in node.names if a.name == "*" or (a.asname or a.name) in needed]
    if not pairs:
        return
    if isinstance(node, ast.Import):
        yield from (f"import {old}" + (f" as {new}" if new != old else "") for old, new in pairs)
        return
    module = node.module or ""
    if node.level:
        kept = inside[: len(inside) - node.level + 1]
        module = _module(package, ".".join((*kept, *filter(None, [module]))))
    yield _from(module, pairs)


def _module(package: str, below: str) -> str:
    return f"{package}.{below}"


def _from(module: str, pairs: list[tuple[str, str]]) -> str:
    """A `from ... import ...`, on as many lines as it needs."""
    names = [old + (f" as {new}" if new != old else "") for old, new in pairs]
    line = f"from {module} import {', '.join(names)}"
    return line if len(line) <= _WIDTH + 20 else f"from {module} import (\n    " + ",\n    ".join(names) + ",\n)"


def _grouped(imports: list[str]) -> Iterable[str]:
    """Imports of other packages first, then those of optgen, then those of neighbours."""
    groups = {key: [line for line in imports if _group(line) == key] for key in range(3)}
    found = [lines for lines in groups.values() if lines]
    for number, lines in enumerate(found):
        yield from ([""] if number else [])
        yield from lines


def _group(line: str) -> int:
    return 2 if line.startswith("from .") else 1 if line.startswith(("from optgen", "import optgen")) else 0


def _renamed(spec: Declared, text: str, node: ast.stmt, name: str) -> str:
    """The declaration under its new name, without the class and title of the old one."""
    segment = ast.parse(text).body[0]
    call = Declared(spec.name, spec.kind, spec.file, _declaration(segment)).call
    kept = [k for k in call.keywords if k.arg not in ("class_name", "title")]
    if len(kept) < len(call.keywords):
        parts = [_source(text, part) for part in (*call.args, *kept)]
        text = _replaced(text, call, _call(_source(text, call.func), parts))
    before = rf"^def {spec.name}\b" if isinstance(node, ast.FunctionDef) else rf"^{spec.name}\b"
    after = f"def {name}" if isinstance(node, ast.FunctionDef) else name
    return re.sub(before, after, text, count=1, flags=re.MULTILINE)


def _declaration(node: ast.stmt) -> ast.FunctionDef | ast.Assign:
    assert isinstance(node, ast.FunctionDef | ast.Assign)
    return node


def _source(text: str, node: ast.AST) -> str:
    found = ast.get_source_segment(text, node)
    assert found is not None
    return found


def _replaced(text: str, node: ast.expr, new: str) -> str:
    """The text with other words in place of an expression."""
    return text.replace(_source(text, node), new, 1)


def _call(function: str, parts: list[str]) -> str:
    line = f"{function}({', '.join(parts)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    return f"{function}(\n" + "".join(f"    {part},\n" for part in parts) + ")"
