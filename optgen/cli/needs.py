"""Packages that a command needs and that the default installation has not."""

from __future__ import annotations


def need(command: str, *modules: str, extra: str = "docs") -> None:
    """Say how to get what is not installed.

    Args:
        command: What needs it.
        modules: Names of modules.
        extra: The extra of optgen that has them.

    Raises:
        CommandError: Something is missing.
    """
    from importlib.util import find_spec

    from optgen.build.errors import CommandError

    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise CommandError(f"{command} needs {', '.join(missing)}: pip install 'optgen[{extra}]'")
