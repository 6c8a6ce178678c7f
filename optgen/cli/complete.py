"""What the shell offers behind TAB: found without SymPy, since the user waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any


def complete_names(ctx: Any, incomplete: str) -> Iterator[str]:
    """Optimizers and schedules of the folder of specs that the line names, or of optgen."""
    for name in _declared(_folder(ctx)):
        if name.startswith(incomplete) and name not in _given(ctx):
            yield name


def complete_all_names(ctx: Any, incomplete: str) -> Iterator[str]:
    """The same of both folders, for commands that look in both."""
    for name in sorted({*_declared(_folder(ctx)), *_declared(_folder(None))}):
        if name.startswith(incomplete) and name not in _given(ctx):
            yield name


def _folder(ctx: Any) -> Path | None:
    """The folder of specs: of `--specs`, where the line has it already."""
    from optgen.build.errors import CommandError
    from optgen.build.folders import find_specs

    given = ctx.params.get("specs") if ctx else None
    try:
        folder = Path(given) if given else None
        return find_specs(folder if folder and folder.is_dir() else None)
    except (CommandError, OSError):
        return None


def _given(ctx: Any) -> set[str]:
    """Names that stand in the line already."""
    names = ctx.params.get("names") or ()
    return {names} if isinstance(names, str) else set(names)


def _declared(folder: Path | None) -> list[str]:
    from optgen.sources import TRANSFORM, declared

    return sorted({d.name for d in declared(folder) if d.kind != TRANSFORM}) if folder else []


def complete_surfaces(incomplete: str) -> Iterator[str]:
    """Names of surfaces, read off the text of their module."""
    import ast

    text = (Path(__file__).parent.parent / "surfaces" / "surface.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.keyword) and node.arg == "name" and isinstance(node.value, ast.Constant):
            name = str(node.value.value)
            if name.startswith(incomplete):
                yield name
