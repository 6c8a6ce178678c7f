"""An equation of hundreds of terms is a tree of hundreds of levels: room for it, and what to say where that ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .problems import Problem

if TYPE_CHECKING:
    from optgen.spec.model import Equation, Spec

LIMIT = 10_000
"""Python's own limit of 1000 is reached by a sum of some hundred terms; at 20,000 a stack of 8 MiB may overflow."""


def allow_depth() -> None:
    """Let this process, and those that it forks, go as deep as its stack safely takes."""
    sys.setrecursionlimit(max(LIMIT, sys.getrecursionlimit()))


def too_deep(specs: Sequence[Spec]) -> Problem:
    """What to tell where these specs have led to a RecursionError."""
    deepest = max((equation for spec in specs for equation in spec.equations), key=_depth)
    text = f"the equation of {deepest.lhs.series} is {_depth(deepest)} levels deep, which is more than Python takes"
    return Problem(deepest.location, text, "give parts of it names of their own, as Local")


def _depth(equation: Equation) -> int:
    """Levels of the tree on the right side, counted without recursion."""
    level, depth = [equation.rhs], 0
    while level:
        level = list({id(child): child for node in level for child in node.args}.values())
        depth += 1
    return depth
