"""`optgen.load`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from optgen.build.inputs import template_folders
from optgen.build.packages import INIT, OPTIMIZER, class_of, optimizer_package, root_package
from optgen.build.runtime import runtime_files
from optgen.check import check
from optgen.depth import too_deep
from optgen.driver import generate
from optgen.files import source_path
from optgen.problems import SpecError
from optgen.spec.decorators import Declaration
from optgen.spec.model import Spec

from .cache import kept
from .found import declared_spec, file_spec, is_path, refusal, shipped_spec
from .loaded import Loaded


def load(spec: Any, *, name: str = "") -> Loaded:
    """Everything that is generated from a spec, without a build; generated code goes to the user's cache folder.

    A function of a cell may call others of the same cell, as those of a file may.

    Args:
        spec: What `@optimizer(...)` or `@schedule(...)` makes, a composition, the path of a spec file, or the name of a
            spec that optgen ships.
        name: What it is called; of a file with several specs, which one. A composition is called as its variable is.

    Raises:
        SpecError: With all mistakes of the spec: place, line and what to write instead.
        TypeError: This is no spec.
    """
    found, folder = _found(spec, name, sys._getframe(1).f_globals | sys._getframe(1).f_locals)
    try:
        problems = check([found])
    except RecursionError:
        raise SpecError([too_deep([found])]) from None
    if problems:
        raise SpecError(problems)
    return loaded(found, folder, spec if isinstance(spec, Declaration) else None)


def loaded(spec: Spec, folder: Path, declaration: Declaration | None = None) -> Loaded:
    """Everything that is generated from a checked spec.

    Args:
        spec: The spec.
        folder: The folder that it is from.
        declaration: What it was captured from, where that is in memory only.

    Raises:
        SpecError: Its equations are too deep.
    """
    try:
        texts = _texts(spec, folder)
    except RecursionError:
        raise SpecError([too_deep([spec])]) from None
    return Loaded(spec, kept(texts), folder, declaration)


def _found(spec: Any, name: str, names: dict[str, Any]) -> tuple[Spec, Path]:
    """The captured spec, and the folder that it is from."""
    if isinstance(spec, Declaration):
        found = declared_spec(spec, names, name)
        return found, Path(found.location.file).absolute().parent
    if is_path(spec):
        return file_spec(Path(spec).absolute(), name)
    if isinstance(spec, str):
        return shipped_spec(spec)
    raise refusal(spec)


def _texts(spec: Spec, folder: Path) -> dict[str, str]:
    """Every file of a package with this optimizer alone."""
    files = generate(spec, folder)
    source = source_path(folder, Path(spec.location.file))
    optimizer = files.get(f"{spec.name}/{OPTIMIZER}", "")
    title = class_of(optimizer) if optimizer else ""
    package = {f"{spec.name}/{INIT}": optimizer_package(source, spec.name, files, title)}
    return runtime_files(template_folders()) | {INIT: root_package(folder.name, [spec.name])} | package | files
