"""A new spec file: its name looked at, its text made and tried, and the file written."""

from __future__ import annotations

import keyword
from dataclasses import dataclass
from pathlib import Path

from optgen.build.errors import CommandError, cannot
from optgen.build.folders import find_specs, shown
from optgen.build.names import select
from optgen.files import RELATIONS
from optgen.sources import TRANSFORM, Declared, declared

from .copied import SHIPPED, copied
from .lesson import lesson


@dataclass(frozen=True)
class Created:
    """A spec file that was written.

    Attributes:
        file: The file.
        name: The optimizer or schedule.
        class_name: Name of its class.
        kind: What it is.
    """

    file: Path
    name: str
    class_name: str
    kind: str


def create(name: str, folder: Path, original: str | None = None) -> Created:
    """Write a spec file that builds as it stands; nothing is ever overwritten.

    Args:
        name: What the optimizer is to be called.
        folder: Folder of specs, which may not exist yet.
        original: The spec to begin with, of the folder or of optgen; a lesson where None.

    Raises:
        CommandError: The name cannot be used, or is taken; there is no such original; the file cannot be written.
    """
    _check_name(name)
    file = _free(name, folder)
    class_name = "".join(part.capitalize() for part in name.split("_"))
    text = lesson(name, class_name) if original is None else _copy(original, name, class_name, folder)
    kind = _tried(text, name, file, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise CommandError(f"{shown(file)}: is there already, and is not overwritten") from None
    except OSError as error:
        raise cannot("write", shown(file), error) from None
    return Created(file, name, class_name, kind)


def _check_name(name: str) -> None:
    """Refuse what no spec can be called, with the reason."""
    from optgen.check.reserved import SPEC, reason_against

    reason = ""
    if not name.isidentifier():
        reason = "a name has letters, digits and _, and does not begin with a digit"
    elif keyword.iskeyword(name):
        reason = f"{name} is a word of Python already"
    elif f"{name}.py" == RELATIONS:
        reason = f"{RELATIONS} is the file of what is to be proved"
    elif against := reason_against(name, SPEC):
        reason = f"{name} is {against}"
    if reason:
        raise CommandError(f"no spec can be called {name}: {reason}; choose another name")


def _free(name: str, folder: Path) -> Path:
    """The file for a name, which nothing in the folder has yet."""
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{shown(folder)}: is a file, not a folder of specs")
    file = folder / f"{name}.py"
    if file.exists():
        raise CommandError(f"{shown(file)}: is there already, and is not overwritten; choose another name")
    taken = next((d for d in declared(folder) if d.name == name), None) if folder.is_dir() else None
    if taken:
        place = f"{shown(taken.file)}:{taken.node.lineno}"
        raise CommandError(f"{name} is already declared at {place}; choose another name")
    return file


def _copy(original: str, name: str, class_name: str, folder: Path) -> str:
    """The text of another spec: of the folder, or else of optgen."""
    shipped = find_specs()
    found: dict[str, tuple[Declared, Path]] = {}
    for root in (folder.resolve(), shipped):
        for spec in declared(root) if root.is_dir() else ():
            found.setdefault(spec.name, (spec, root))
    specs = [known for known, (spec, _) in found.items() if spec.kind != TRANSFORM]
    if original in found and original not in specs:
        example = f"{name} = {original}(...)"
        raise CommandError(f"{original} is a transform: apply it in a spec file of your own, as in {example}")
    select([original], specs)
    spec, root = found[original]
    return copied(spec, name, class_name, root, "" if root == folder.resolve() else SHIPPED)


def _tried(text: str, name: str, file: Path, folder: Path) -> str:
    """The kind of the spec that a text declares, once it is sure that code can be generated from it.

    Raises:
        CommandError: It cannot: the name gets in the way of something in the text, or of another spec.
    """
    from optgen.check import check
    from optgen.driver import generate
    from optgen.spec.load import load, load_source
    from optgen.spec.module import shown as named
    from optgen.spec.package import folder_as_package, package_of

    others = load(folder)[0] if folder.is_dir() else []
    with folder_as_package(folder):
        made, problems = load_source(text, named(file), package_of(file, folder))
    problems += [p for p in check([*others, *made]) if p.location.file == named(file)]
    if problems:
        raise CommandError(f"no spec can be called {name} here: {problems[0].message}; choose another name")
    (spec,) = made
    generate(spec, folder)
    return spec.kind.value
