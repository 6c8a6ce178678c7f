"""The authoring rules: whether specs mean something, and what to write where they do not."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from optgen.problems import Location, Problem, SpecError
from optgen.spec.load import load
from optgen.spec.model import Spec

from .record import statements_at
from .rule import all_rules
from .text import lost_names

__all__ = ["check", "load_checked"]


def load_checked(folder: Path, files: Iterable[Path] | None = None) -> list[Spec]:
    """Capture the specs of a folder, and hold them against every rule.

    Args:
        folder: Where the specs are.
        files: Only these files of it; all where None.

    Returns:
        The specs in the order of file and line; every one is fit for the IR.

    Raises:
        SpecError: With all the mistakes of all the files.
    """
    specs, problems = load(folder, files)
    problems += check(specs)
    if problems:
        raise SpecError(problems)
    return specs


def check(specs: Sequence[Spec]) -> list[Problem]:
    """Every mistake of the given specs, sorted by file and line; one message for one mistake."""
    problems = {problem for spec in specs for problem in _check_one(spec)}
    for rule in all_rules():
        if rule.check_all:
            problems.update(rule.check_all(specs))
    return sorted(problems)


def _check_one(spec: Spec) -> list[Problem]:
    """The mistakes of one spec, without the consequences of others."""
    single = [(rule, rule.check) for rule in all_rules() if rule.check]
    problems = [p for rule, find in single if rule.from_source for p in find(spec)]
    # Where the text is wrong, the run has recorded something else than the author meant.
    judged = replace(spec, complete=False) if problems else spec
    spans = [span for p in problems for span in _spoilt(p.location, spec)]
    lost = lost_names(spec)
    for rule, find in single:
        if not rule.from_source and (judged.complete or not rule.needs_complete):
            found = [p for p in find(judged) if not any(_covers(p.location, s) for s in spans)]
            # Without `t`, no line means what it says.
            problems += [p for p in found if "t" not in lost or not statements_at(spec, p.location.line)]
    return problems + [p for p in spec.problems if not _explained(p, problems, lost, spec)]


def _spoilt(place: Location, spec: Spec) -> list[Location]:
    """A place, and all the lines of the `if`, `for` or the like that stands there."""
    spoilt = [place]
    for statement in statements_at(spec, place.line):
        if isinstance(statement, ast.If | ast.For | ast.While | ast.With | ast.Try):
            lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
            spoilt += [Location(place.file, line) for line in lines]
    return spoilt


def _covers(outer: Location, inner: Location) -> bool:
    """Whether one location contains another; a line of which no more is known contains, and is in, all of it."""
    if (outer.file, outer.line) != (inner.file, inner.line):
        return False
    return min(outer.column, inner.column) < 0 or (
        outer.column <= inner.column and inner.end_column <= outer.end_column
    )


def _explained(failure: Problem, problems: Iterable[Problem], lost: set[str], spec: Spec) -> bool:
    """Whether a rule has already said what made a line fail."""
    place = failure.location
    statements = statements_at(spec, place.line)
    if not statements:
        return any(_covers(place, p.location) for p in problems)
    statement = statements[0]
    lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    if any(p.location.file == place.file and p.location.line in lines for p in problems):
        return True
    return any(isinstance(node, ast.Name) and node.id in lost for node in ast.walk(statement))
