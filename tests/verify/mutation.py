"""Wrong update rules, made from generated modules: one operator, name, constant, place or mask changed in each."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
_CALLS = {"maximum": "minimum", "minimum": "maximum", "zeros_like": "ones_like", "norm": "max_abs"}
_NO_MATHS = re.compile(r"_ptr|BLOCK|^grad_factor \* ")  # the factor of a gradient is one here
_Edit = tuple[str, Callable[[], None], Callable[[], None]]


def mutants(source: str) -> list[tuple[str, str]]:
    """Every mutant of a module: what was changed, and its text."""
    tree = ast.parse(source)
    original = ast.unparse(tree)
    found: dict[str, str] = {}
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for statement in function.body:
            text = ast.unparse(statement)
            if "check_" in text or "touched(" in text:  # what is refused is not what is computed
                continue
            for what, change, undo in (*_edits(function, statement), *_compiled_edits(statement)):
                change()
                mutant = ast.unparse(tree)
                undo()
                if mutant != original:
                    found.setdefault(mutant, f"{function.name}: {what}")
    return [(what, text) for text, what in found.items()]


def _edits(function: ast.FunctionDef, statement: ast.stmt) -> Iterator[_Edit]:
    arguments = [a.arg for a in (*function.args.args, *function.args.kwonlyargs)]
    maths = "tl.load" not in ast.unparse(statement) and "cdiv" not in ast.unparse(statement)
    for node in ast.walk(statement):
        text = ast.unparse(node) if isinstance(node, ast.expr | ast.stmt) else ""
        match node:
            case ast.BinOp() if maths and type(node.op) in _OPERATORS and not _NO_MATHS.search(text):
                yield _set(f"operator of {text}", node, "op", _OPERATORS[type(node.op)]())
                if isinstance(node.op, ast.Add | ast.Sub):
                    zero = ast.BinOp(node.right, ast.Mult(), ast.Constant(0.0))
                    yield _set(f"without the last part of {text}", node, "right", zero)
            case ast.Name(id="t", ctx=ast.Load()) if "t" in arguments and not isinstance(statement, ast.Expr):
                yield _set("t + 1", node, "id", "(t + 1)")
            case ast.Name(id=name, ctx=ast.Load()) if name.endswith("_ptr"):
                for other in (a for a in arguments if a.endswith("_ptr") and a != name):
                    yield _set(f"{name} -> {other}", node, "id", other)
            case ast.Compare(ops=[ast.Lt()]) if text == "offs < n":
                yield _set("mask one too far", node, "ops", [ast.LtE()])
                yield _set("mask one too short", node, "comparators", [ast.parse("n - 1", mode="eval").body])
            case ast.Call(func=ast.Attribute(attr="load" | "store" as name)) if "offs" in text:
                yield _set(f"{name} without mask", node, "args", [*node.args[:-1], ast.Constant(None)])
            case ast.Call(func=ast.Attribute(attr=name)) if name in _CALLS and maths:
                yield _set(f"{name} -> {_CALLS[name]}", node.func, "attr", _CALLS[name])
            case ast.Call(args=[_, _, _, _, *_]) if ("_ptr" in text or "grad" in text) and "address(" not in text:
                for i in range(min(6, len(node.args) - 1)):
                    swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
                    yield _set(f"arguments {i} and {i + 1} swapped", node, "args", swapped)


def _compiled_edits(statement: ast.stmt) -> Iterator[_Edit]:
    """Of code for CPUs: other places in tables and memory, other dtypes, shorter loops."""
    addresses = sorted({n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and n.id.endswith("_at")})
    for node in ast.walk(statement):
        text = ast.unparse(node) if isinstance(node, ast.expr) else ""
        match node:
            case ast.Subscript(value=ast.Attribute(attr="scalars"), slice=ast.Constant(int(place))):
                yield _set(f"the number behind {text}", node, "slice", ast.Constant(place + 1))
            case ast.Subscript(value=ast.Attribute(attr="pointers"), slice=ast.Tuple([ast.Constant(int(row)), entry])):
                yield _set(f"the row behind {text}", node, "slice", ast.Tuple([ast.Constant(row + 1), entry]))
            case ast.Call(ast.Name("load" | "store"), [ast.Name(address), *more]) if isinstance(node.func, ast.Name):
                for other in (a for a in addresses if a != address):
                    yield _set(f"{text} at {other}", node, "args", [ast.Name(other), *more])
                behind = ast.BinOp(more[0], ast.Add(), ast.Constant(1))
                yield _set(f"{text} one too far", node, "args", [node.args[0], behind, *more[1:]])
            case ast.Call(ast.Name("range"), [ast.Name("begin") as first, ast.Name("end") as last]):
                short = ast.BinOp(last, ast.Sub(), ast.Constant(1))
                yield _set("a loop one too short", node, "args", [first, short])
            case ast.Call(ast.Name(name)) if name in ("maximum", "minimum"):
                yield _set(f"{name} -> {_CALLS[name]}", node, "func", ast.Name(_CALLS[name]))


def _set(what: str, node: ast.AST, field: str, value: object) -> _Edit:
    old = getattr(node, field)
    return what, lambda: setattr(node, field, value), lambda: setattr(node, field, old)
