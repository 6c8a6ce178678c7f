"""The kinds of code that optgen generates: one folder each, found by looking."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Target


def targets() -> list[Target]:
    """Every target, by name: the packages of this folder, each with its `TARGET`."""
    found = sorted(info.name for info in pkgutil.iter_modules(__path__) if info.ispkg)
    return [importlib.import_module(f"{__name__}.{name}").TARGET for name in found]
