"""The files that make the output folder a package: they import nothing before it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from .ownership import header

INIT = "__init__.py"

_TEXT = '''\
{header}"""{title}"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import {imported}

__all__ = [{listed}]


def __getattr__(name: str) -> ModuleType:
    """Import a module when it is first asked for."""
    if name in __all__:
        return importlib.import_module(f"{{__name__}}.{{name}}")
    raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")


def __dir__() -> list[str]:
    return __all__
'''


def root_package(folder: str, optimizers: Iterable[str]) -> str:
    """Text of the package of all optimizers.

    Args:
        folder: Name of the specs folder.
        optimizers: The names of those that are there.
    """
    return _package(f"from {folder}/", "Generated optimizers, a package each.", optimizers)


def optimizer_package(source: str, name: str, files: Iterable[str]) -> str:
    """Text of the package of one optimizer.

    Args:
        source: Path of the spec as headers show it.
        name: The optimizer.
        files: Its generated files, by path below the output folder.
    """
    modules = [f.removeprefix(f"{name}/").removesuffix(".py") for f in files if f.endswith(".py")]
    title = f"Generated code of `{name}`."
    return _package(f"from {source}", title, [m for m in modules if m.isidentifier() and m != "__init__"])


def _package(source: str, title: str, modules: Iterable[str]) -> str:
    names = sorted(modules)
    if not names:
        return f'{header(source)}"""{title}"""\n'
    return _TEXT.format(
        header=header(source),
        title=title,
        imported=_wrapped(names, "(", ")"),
        listed=_wrapped([f'"{name}"' for name in names]),
    )


def _wrapped(items: list[str], opening: str = "", closing: str = "") -> str:
    """Items on one line where they fit, else one a line."""
    line = ", ".join(items)
    if len(line) <= 80:
        return line
    indent, outer = ("        ", "    ") if opening else ("    ", "")
    return f"{opening}\n" + "".join(f"{indent}{item},\n" for item in items) + f"{outer}{closing}"
