"""Find and capture every spec of a folder, wherever on the disk it lies."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from optgen.files import spec_files
from optgen.problems import Location, Problem, SpecError

from .capture import capture
from .decorators import DECLARED, TRANSFORMS, Declaration, Transform, named
from .failures import problem_from
from .model import Spec
from .module import module_for, quote, read, shown
from .package import folder_as_package, package_of
from .places import function_file, function_tree, node_place
from .series import MistakeError
from .symbols import Unknown

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def load(folder: Path, files: Iterable[Path] | None = None, *, part: bool = False) -> tuple[list[Spec], list[Problem]]:
    """Capture the specs of a folder.

    Args:
        folder: Where the specs are.
        files: Only these files of it; all where None.
        part: Whether there are others, so that it is no mistake if these declare none.

    Returns:
        The captured specs in the order of file and line, and the problems that kept files or the folder from
        being read. Problems inside a spec are in the spec.
    """
    if not folder.is_dir():
        what = "is a file, not a folder of specs" if folder.exists() else "there is no such folder of specs"
        return [], [Problem(Location(shown(folder)), what)]
    found = list(files) if files is not None else spec_files(folder)
    specs: list[Spec] = []
    problems: list[Problem] = []
    with folder_as_package(folder):
        for path in found:
            captured, wrong = load_file(path, folder)
            specs += captured
            problems += wrong
    if not (specs or problems or part):
        fix = "a spec is a function under @optimizer(...) in a .py file"
        problems.append(Problem(Location(shown(folder)), "no specs in this folder", fix))
    return specs, problems


def load_transforms(folder: Path, files: Iterable[Path] | None = None) -> list[Transform]:
    """The transforms that the files of a folder declare, in the order of the files; files that fail are left out.

    Args:
        folder: Where the specs are.
        files: Only these files of it; all where None.
    """
    found: list[Transform] = []
    with folder_as_package(folder):
        for path in spec_files(folder) if files is None else files:
            TRANSFORMS.clear()
            with suppress(SpecError, SyntaxError, ValueError, RecursionError, MemoryError):
                source = read(path)
                quote(source, shown(path))
                tree, code, _ = _parsed(source, shown(path))
                _executed(code, tree, shown(path), package_of(path, folder))
            found += [made for made in TRANSFORMS if made.location.file == shown(path)]
    TRANSFORMS.clear()
    return found


def load_file(path: Path, folder: Path | None = None) -> tuple[list[Spec], list[Problem]]:
    """Run one spec file and capture what it declares; see `load` for what is returned.

    Args:
        path: The file.
        folder: What it may import other files from.
    """
    try:
        source = read(path)
    except SpecError as error:
        return [], [*error.problems]
    inside = folder is not None and path.resolve().is_relative_to(folder.resolve())
    return load_source(source, shown(path), package_of(path, folder) if folder and inside else "")


def load_source(source: str, name: str, package: str = "") -> tuple[list[Spec], list[Problem]]:
    """Run the text of a spec file and capture what it declares.

    Args:
        source: The text.
        name: Path that messages show.
        package: What relative imports start from.
    """
    quote(source, name)
    try:
        tree, code, problems = _parsed(source, name)
    except SyntaxError as error:
        return [], [problem_from(error, name, ())]
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes; nested too deeply
        return [], [Problem(Location(name), f"does not parse: {error}")]
    declared, failures = _executed(code, tree, name, package)
    problems += failures
    if declared is None:
        return [], problems
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    specs: list[Spec] = []
    for declaration in declared:
        if declaration.parts:
            specs.append(capture(declaration, function_tree(declaration.function), function_file(declaration.function)))
            continue
        node = _function(declaration, tree, name)
        if isinstance(node, ast.FunctionDef):
            specs.append(capture(declaration, node, name, functions))
        else:
            problems.append(node)
    problems += _undeclared(tree, name)
    return specs, problems


def _parsed(source: str, name: str) -> tuple[ast.Module, Any, list[Problem]]:
    r"""The syntax tree and code of a file, and what Python only warns of: "\eta", which some day is an error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tree = ast.parse(source, name)
        # Annotations stay texts until a symbol is made of them: a misspelt one is then a message of its own.
        code = compile(tree, name, "exec", annotations.compiler_flag, dont_inherit=True)
    problems = []
    for warning in caught:
        found = re.search(r"invalid escape sequence '(.+?)'", str(warning.message))
        if found:
            place = Location(name, warning.lineno)
            start = place.source.find(found[1])
            place = Location(name, warning.lineno, start, start + len(found[1])) if start >= 0 else place
            problems.append(Problem(place, f"{found[1]} is no escape sequence", 'write a raw text: r"..."'))
    return tree, code, problems


def _executed(code: Any, tree: ast.Module, name: str, package: str) -> tuple[list[Declaration] | None, list[Problem]]:
    """Run a file as a module; returns what it declared, None where it failed.

    A name that is not defined is reported, and the file runs again with something unknown in its place, so
    that a misspelt annotation does not hide what else is wrong.
    """
    missing: dict[str, Any] = {}
    problems: list[Problem] = []
    before = len(DECLARED)
    while True:
        try:
            with module_for(name, package) as module:
                vars(module).update(missing)
                exec(code, vars(module))
            declared = DECLARED[before:]
            return _collected(declared, vars(module), name), problems + _nameless(declared, vars(module), name)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # an author's file can raise anything
            if not missing or isinstance(error, NameError):
                problem = problem_from(error, name, [n for n in vars(module) if n not in missing], tree)
                text = problem.message if isinstance(error, MistakeError) else f"does not import: {problem.message}"
                problems.append(Problem(problem.location, text, problem.fix))
            if not isinstance(error, NameError) or not error.name or error.name in missing:
                return None, problems
            missing[error.name] = Unknown(error.name)
        finally:
            del DECLARED[before:]


def _collected(declared: list[Declaration], names: dict[str, Any], file: str) -> list[Declaration]:
    """What a file itself declares; the result of a transform counts where the file gives it a name."""
    found = []
    for declaration in declared:
        if declaration.location.file != file:
            continue
        if not declaration.parts:
            found.append(declaration)
            continue
        called = next((n for n, value in names.items() if value is declaration and not n.startswith("_")), None)
        if called:
            found.append(named(declaration, called))
    return found


def _nameless(declared: list[Declaration], names: dict[str, Any], file: str) -> list[Problem]:
    """Results of transforms that nobody could use: without a name, and no part of another."""
    kept = [*names.values(), *(part for declaration in declared for part in declaration.parts)]
    lost = [d for d in declared if d.parts and d.location.file == file and not any(value is d for value in kept)]
    text, fix = "the result of {0} has no name", "write name = {0}(...), at the top level of the file"
    return [Problem(d.location, text.format(d.name), fix.format(d.name)) for d in lost]


def _functions(node: ast.AST, nested: bool = False) -> Iterator[tuple[_Function, bool]]:
    """Every function below a node, and whether it stands inside another function or a class."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function):
            yield child, nested
        yield from _functions(child, nested or isinstance(child, _Function | ast.ClassDef))


def _function(declaration: Declaration, tree: ast.Module, name: str) -> ast.FunctionDef | Problem:
    """The syntax tree of a declared function, or why it cannot be a spec."""
    code = declaration.function.__code__
    for node, nested in _functions(tree):
        decorators = () if isinstance(node, ast.Lambda) else node.decorator_list
        first = min(n.lineno for n in (node, *decorators))
        if first != code.co_firstlineno or getattr(node, "name", "<lambda>") != code.co_name:
            continue
        if isinstance(node, ast.Lambda):
            place = node_place(node, name)
            return Problem(place, "a spec cannot be a lambda", "write def name(theta: Param, g: Grad, ...)")
        place = Location(name, node.lineno).at(node.name)
        if not first <= declaration.location.line <= node.lineno:
            break
        if isinstance(node, ast.AsyncFunctionDef):
            return Problem(place, f"the spec {node.name} is an async function", "write def, not async def")
        if nested:
            text = f"the spec {node.name} stands inside another function or class"
            return Problem(place, text, "a spec stands at the top level of its file")
        return node
    text = f"the spec {declaration.name} is no function of this file"
    return Problem(declaration.location, text, "put @optimizer(...) directly on top of a def")


def _undeclared(tree: ast.Module, name: str) -> Iterator[Problem]:
    """Functions that are annotated like specs, but are neither declared nor used."""
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    for node, _ in _functions(tree):
        if isinstance(node, ast.Lambda) or node.name in used or node.decorator_list:
            continue
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        annotations = (ast.unparse(a.annotation) for a in arguments if a.annotation is not None)
        if any(text.strip("\"'").rpartition(".")[2] == "Param" for text in annotations):
            text = f"{node.name} has a Param, but is not declared"
            yield Problem(Location(name, node.lineno).at(node.name), text, "put @optimizer(...) on top of it")
