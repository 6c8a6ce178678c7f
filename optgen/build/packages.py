"""The files that make the output folder a package: they import nothing before it is asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from .ownership import header

INIT, OPTIM, OPTIMIZER, SCHEDULER = "__init__.py", "optim.py", "optimizer.py", "scheduler.py"
_CLASS = re.compile(r"^class (\w+)\(", re.MULTILINE)

_TEXT = '''\
{header}"""{title}"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import {imported}{class_import}

__all__ = [{listed}]


def __getattr__(name: str) -> Any:
    """Import a module when it is first asked for."""
{class_lookup}    if name in __all__:
        return importlib.import_module(f"{{__name__}}.{{name}}")
    raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")


def __dir__() -> list[str]:
    return __all__
'''

_LOOKUP = """\
    if name == "{0}":
        from .{1} import {0}

        return {0}
"""

_OPTIM = '''\
{header}"""Every optimizer of this folder for torch, each imported when it is first asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
{imports}

_MODULES = {{
{modules}
}}
__all__ = {listed}


def __getattr__(name: str) -> Any:
    """Import the class of an optimizer."""
    if name in _MODULES:
        module = importlib.import_module(f".{{_MODULES[name]}}.optimizer", __package__)
        return getattr(module, name)
    raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")


def __dir__() -> list[str]:
    return __all__
'''


def class_of(text: str) -> str:
    """The class that the text of an `optimizer.py` or `scheduler.py` defines."""
    found = _CLASS.search(text)
    if not found:
        raise ValueError("it defines no class")
    return found[1]


def optim_module(folder: str, classes: Mapping[str, str]) -> str:
    """Text of the module of all classes.

    Args:
        folder: Name of the specs folder.
        classes: The class of each optimizer, by the optimizer's name.
    """
    pairs = sorted((title, name) for name, title in classes.items())
    return _OPTIM.format(
        header=header(f"from {folder}/"),
        imports="\n".join(
            f"    from .{name}.optimizer import {title}" for title, name in sorted(pairs, key=lambda p: p[1])
        ),
        modules="\n".join(f'    "{title}": "{name}",' for title, name in pairs),
        listed="[\n" + "".join(f'    "{title}",\n' for title, _ in pairs) + "]",
    )


def root_package(folder: str, optimizers: Iterable[str]) -> str:
    """Text of the package of all optimizers.

    Args:
        folder: Name of the specs folder.
        optimizers: The names of those that are there.
    """
    return _package(f"from {folder}/", "Generated optimizers, a package each.", optimizers)


def optimizer_package(source: str, name: str, files: Collection[str], title: str = "") -> str:
    """Text of the package of one optimizer.

    Args:
        source: Path of the spec as headers show it.
        name: The optimizer.
        files: Its generated files, by path below the output folder.
        title: The class of its `optimizer.py` or `scheduler.py`, where it has one.
    """
    modules = [f.removeprefix(f"{name}/").removesuffix(".py") for f in files if f.endswith(".py")]
    names = [m for m in modules if m.isidentifier() and m != "__init__"]
    home = next((m.removesuffix(".py") for m in (OPTIMIZER, SCHEDULER) if f"{name}/{m}" in files), "")
    return _package(f"from {source}", f"Generated code of `{name}`.", names, title, home)


def _package(source: str, title: str, modules: Iterable[str], class_name: str = "", home: str = "") -> str:
    names = sorted(modules)
    if not names:
        return f'{header(source)}"""{title}"""\n'
    return _TEXT.format(
        header=header(source),
        title=title,
        imported=_wrapped(names, "(", ")"),
        listed=_wrapped([f'"{name}"' for name in (*([class_name] if class_name else []), *names)]),
        class_lookup=_LOOKUP.format(class_name, home) if class_name else "",
        class_import=f"\n    from .{home} import {class_name}" if class_name else "",
    )


def _wrapped(items: list[str], opening: str = "", closing: str = "") -> str:
    """Items on one line where they fit, else one a line."""
    line = ", ".join(items)
    if len(line) <= 80:
        return line
    indent, outer = ("        ", "    ") if opening else ("    ", "")
    return f"{opening}\n" + "".join(f"{indent}{item},\n" for item in items) + f"{outer}{closing}"
