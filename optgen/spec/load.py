"""Find and capture every spec of a folder, wherever on the disk it lies."""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from optgen.problems import Location, Problem

from .capture import capture, problem_from
from .declare import Declaration
from .model import Spec


def spec_files(folder: Path) -> list[Path]:
    """The spec files below a folder, sorted; names that begin with `_` or `.` are passed over."""
    files = sorted(folder.rglob("*.py"))
    return [f for f in files if not any(part.startswith(("_", ".")) for part in f.relative_to(folder).parts)]


def shown(path: Path) -> str:
    """A path as a message shows it: relative to the working directory where it lies below it."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def load(folder: Path, files: Iterable[Path] | None = None) -> tuple[list[Spec], list[Problem]]:
    """Capture the specs of a folder.

    Args:
        folder: Where the specs are.
        files: Only these files of it; all where None.

    Returns:
        The captured specs in the order of file and line, and the problems that kept files or the folder from
        being read. Problems inside a spec are in the spec.
    """
    if not folder.is_dir():
        return [], [Problem(Location(shown(folder)), "there is no such folder of specs")]
    found = list(files) if files is not None else spec_files(folder)
    specs: list[Spec] = []
    problems: list[Problem] = []
    for path in found:
        captured, wrong = load_file(path)
        specs += captured
        problems += wrong
    if not specs and not problems:
        fix = "a spec is a function under @optimizer(...) in a .py file"
        problems.append(Problem(Location(shown(folder)), "no specs in this folder", fix))
    return specs, problems


def load_file(path: Path) -> tuple[list[Spec], list[Problem]]:
    """Run one spec file and capture what it declares; see `load` for what is returned."""
    name = shown(path)
    linecache.checkcache(name)
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return [], [Problem(Location(name), f"cannot be read: {error}")]
    return load_source(source, name)


def load_source(source: str, name: str) -> tuple[list[Spec], list[Problem]]:
    """Run the text of a spec file and capture what it declares.

    Args:
        source: The text.
        name: Path that messages show.
    """
    try:
        tree = ast.parse(source, name)
    except SyntaxError as error:
        column = (error.offset or 1) - 1
        return [], [Problem(Location(name, error.lineno or 1, column, column + 1), f"does not parse: {error.msg}")]
    module = ModuleType(f"optgen_spec:{name}")
    module.__file__ = name
    sys.modules[module.__name__] = module  # inspect and dataclasses look modules up by name
    try:
        exec(compile(tree, name, "exec"), module.__dict__)
    except Exception as error:  # noqa: BLE001  # an author's file can raise anything; it becomes one message
        problem = problem_from(error, name, module.__dict__)
        return [], [Problem(problem.location, f"does not import: {problem.message}", problem.fix)]
    finally:
        del sys.modules[module.__name__]
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    declared = [d for d in vars(module).values() if isinstance(d, Declaration) and d.file == name]
    return [capture(d, functions[d.name], name) for d in dict.fromkeys(declared) if d.name in functions], []
