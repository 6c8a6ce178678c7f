"""Specs where a program has them: a function in a cell or script, a composition, a file, a name."""

from __future__ import annotations

import ast
import linecache
import os
from collections.abc import Mapping
from pathlib import Path
from types import FunctionType
from typing import Any

from optgen.build.names import select
from optgen.files import RELATIONS, spec_files
from optgen.problems import Location, Problem, SpecError
from optgen.spec.capture import capture
from optgen.spec.decorators import Declaration, Transform, named
from optgen.spec.load import load, load_file
from optgen.spec.model import Spec
from optgen.spec.module import read, shown
from optgen.spec.package import folder_as_package
from optgen.spec.places import function_file, function_tree

_KINDS = "what @optimizer(...) or @schedule(...) makes, a composition, the path of a spec file, or the name of a spec"


def declared_spec(declaration: Declaration, names: Mapping[str, Any], called: str) -> Spec:
    """Capture a spec that is in memory.

    Args:
        declaration: The decorated function, or the result of a transform.
        names: The variables of whoever asks, one of which may be a composition's name.
        called: The name that was given; empty for none.

    Raises:
        SpecError: The function is nowhere to be read.
    """
    if declaration.parts:
        variable = next((n for n, value in names.items() if value is declaration and not n.startswith("_")), "")
        parts = "_".join(part.name for part in (declaration, *declaration.parts))
        declaration = named(declaration, called or variable or declaration.called or parts)
    elif called:
        declaration = named(declaration, called)
    file = function_file(declaration.function)
    if Path(file).exists():
        linecache.checkcache(file)
    try:
        tree = function_tree(declaration.function)
    except (LookupError, SyntaxError):
        text = f"{declaration.name} is no function at the top level of a file or cell"
        fix = "define it in a cell or a file, directly under its decorator, and not inside another function"
        if not linecache.getlines(file):
            text, fix = f"there is no source of {declaration.name} to be read", "put it into a file or a cell"
        raise SpecError([Problem(declaration.location, text, fix)]) from None
    return capture(declaration, tree, file, {} if declaration.parts else _helpers(file))


def _helpers(file: str) -> dict[str, ast.FunctionDef]:
    """The functions that a spec may call: those of its file or cell."""
    return {n.name: n for n in ast.parse("".join(linecache.getlines(file))).body if isinstance(n, ast.FunctionDef)}


def file_spec(path: Path, called: str) -> tuple[Spec, Path]:
    """Capture a spec of a file.

    Args:
        path: The file.
        called: Which one, where there are several; empty for the only one.

    Returns:
        The spec, and the folder that its relative imports start from.

    Raises:
        SpecError: The file has mistakes.
        CommandError: It has no such spec.
    """
    folder = _root(path)
    with folder_as_package(folder):
        specs, problems = load_file(path, folder)
    if problems:
        raise SpecError(problems)
    return _only({spec.name: spec for spec in specs}, called, path), folder


def _only(specs: Mapping[str, Spec], called: str, path: Path) -> Spec:
    place = Location(shown(path))
    if not specs:
        fix = "a spec is a function under @optimizer(...)"
        raise SpecError([Problem(place, "no specs in this file", fix)])
    if not called and len(specs) > 1:
        fix = f'choose with name="{next(iter(specs))}"'
        raise SpecError([Problem(place, f"there are several specs in this file: {', '.join(specs)}", fix)])
    (name,) = select([called], specs) if called else specs
    return specs[name]


def _root(path: Path) -> Path:
    """The folder that the relative imports of a file stay in."""
    try:
        tree = ast.parse(read(path))
    except (OSError, ValueError, SyntaxError):
        return path.parent
    level = max((node.level for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)), default=0)
    return path.parents[min(max(level - 1, 0), len(path.parents) - 1)]


def shipped_spec(name: str) -> tuple[Spec, Path]:
    """A spec that optgen ships.

    Raises:
        CommandError: There is none of this name.
    """
    from optgen.build.folders import find_specs

    folder = find_specs()
    specs, problems = load(folder, [file for file in spec_files(folder) if file.name != RELATIONS])
    if problems:
        raise SpecError(problems)
    known = {spec.name: spec for spec in specs}
    (found,) = select([name], known)
    return known[found], folder


def is_path(given: object) -> bool:
    """Whether this is a path: what has a folder or an ending in it, or is there."""
    if isinstance(given, Path):
        return True
    return isinstance(given, str) and (given.endswith(".py") or os.sep in given or Path(given).is_file())


def refusal(given: object) -> TypeError:
    """What to raise for something that is no spec."""
    if isinstance(given, Transform):
        return TypeError(f"{given.name} is a transform: apply it first, as in load({given.name}(...))")
    hint = ""
    if isinstance(given, FunctionType):
        hint = f" (put @optimizer(...) on top of {given.__name__})"
    return TypeError(f"load takes {_KINDS}, and {type(given).__name__} is none of these{hint}")
