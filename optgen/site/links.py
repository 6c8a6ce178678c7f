"""Which lines of generated code an equation of the spec became."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from optgen.ir.nodes import Let
from optgen.passes.names import merged_names
from optgen.problems import Location
from optgen.spec.model import SpecKind
from optgen.targets.base import Unit

Keys = Mapping[str, frozenset[str]]

_READ = ("tl.load(", "load(", "work.", "real(work.", "state[", "check_", "address(", "to_dtype(")
"""Beginnings of what is assigned where a value is only fetched: no equation became that."""


def key(location: Location) -> str:
    """What stands for an equation in the page: file, with its folder, and line, as an identifier."""
    path = Path(location.file).absolute().with_suffix("")
    return re.sub(r"\W", "_", "-".join(path.parts[-2:])) + f"-{location.line}"


def keys_of(unit: Unit) -> Keys:
    """For each name in generated code the equations that it is computed by."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    merged = merged_names(unit.program)
    for let in _lets(unit):
        if let.location is not None:
            for name in {let.name, merged.get(let.name, let.name)}:
                found[name].add(key(let.location))
    return {name: frozenset(keys) for name, keys in found.items()}


def _lets(unit: Unit) -> Iterator[Let]:
    yield from unit.program.body
    yield from unit.program.initial
    yield from unit.schedule.program.body
    if unit.spec.kind is SpecKind.OPTIMIZER:
        yield from unit.batch.program.body


def of_lines(text: str, keys: Keys) -> list[frozenset[str]]:
    """For each line of generated Python the equations that it came from.

    Args:
        text: The code.
        keys: Equations by name.
    """
    found: list[frozenset[str]] = [frozenset()] * len(text.split("\n"))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and not ast.unparse(node.value).startswith(_READ):
            names = {n.id for target in node.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
            if len(names) == 1:  # several are handed over, not computed
                [name] = names
                for line in _lines_of(node):
                    found[line] |= keys.get(_stem(name, keys), frozenset())
    return found


def _lines_of(node: ast.stmt) -> range:
    """The lines of a statement, from 0."""
    return range(node.lineno - 1, node.end_lineno or node.lineno)


def _stem(name: str, keys: Keys) -> str:
    """The name of the value that something is computed for: `update_norm_term` for `update_norm`."""
    return name if name in keys else name.removesuffix("_term")


def of_spec(text: str, file: Path) -> list[frozenset[str]]:
    """For each line of a file of specs the key of the equation on it.

    Args:
        text: The file.
        file: Where it lies.
    """
    found: list[frozenset[str]] = [frozenset()] * len(text.split("\n"))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Subscript) for target in node.targets):
            for line in _lines_of(node):
                found[line] = frozenset({key(Location(str(file), node.lineno))})
    return found
