"""The authoring rules: whether specs mean something, and what to write where they do not."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from optgen.problems import Location, Problem, SpecError
from optgen.spec.load import load
from optgen.spec.model import Spec
from optgen.spec.symbols import Unknown

from .record import statements_at
from .rule import all_rules
from .text import lost_names

__all__ = ["check", "load_checked"]

_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try)


def load_checked(folder: Path, files: Iterable[Path] | None = None, *, part: bool = False) -> list[Spec]:
    """Capture the specs of a folder, and hold them against every rule.

    Args:
        folder: Where the specs are.
        files: Only these files of it; all where None.
        part: Whether there are others, so that it is no mistake if these declare none.

    Returns:
        The specs in the order of file and line; every one is fit for the IR.

    Raises:
        SpecError: With all the mistakes of all the files.
    """
    specs, problems = load(folder, files, part=part)
    problems += check(specs)
    if problems:
        raise SpecError(problems)
    return specs


def check(specs: Sequence[Spec]) -> list[Problem]:
    """Every mistake of the given specs, sorted by file and line; one message for one mistake."""
    problems = {_as_applied(problem, spec) for spec in specs for problem in _check_one(spec)}
    for rule in all_rules():
        if rule.check_all:
            problems.update(rule.check_all(specs))
    return sorted(problems)


def _as_applied(problem: Problem, spec: Spec) -> Problem:
    """The problem where its author can mend it: in the file that applies a transform, not in the transform's."""
    if problem.location.file == spec.location.file:
        return problem
    return replace(problem, location=spec.location, origin=problem.location)


def _check_one(spec: Spec) -> list[Problem]:
    """The mistakes of one spec, without the consequences of others."""
    single = [(rule, rule.check) for rule in all_rules() if rule.check]
    problems = _without_heads([p for rule, find in single if rule.from_source for p in find(spec)], spec)
    if spec.problems and not problems and spec.tree and spec.tree.name != spec.name:
        return list(spec.problems)  # a transform does not fit its parts: their record ends somewhere in the middle
    judged = _without_what_follows(spec, problems) if problems else spec
    spans = [span for p in problems for span in _spoilt(p.location, spec)]
    lost = lost_names(spec)
    for rule, find in single:
        if not (rule.from_source or rule.last) and (judged.complete or not rule.needs_complete):
            found = [p for p in find(judged) if not any(_covers(p.location, s) for s in spans)]
            # Without `t`, no line means what it says.
            problems += [p for p in found if "t" not in lost or not statements_at(spec, p.location.line)]
    problems += [p for p in spec.problems if not _explained(p, problems, spans, lost, spec)]
    return problems or [p for rule, find in single if rule.last and spec.complete for p in find(spec)]


def _without_heads(problems: list[Problem], spec: Spec) -> list[Problem]:
    """The problems without those between a `for`, `while` or `with` that is wrong itself and its colon."""
    heads: set[tuple[int, int]] = set()
    for p in problems:
        for s in statements_at(spec, p.location.line):
            if isinstance(s, _BLOCKS) and (s.lineno, s.col_offset) == (p.location.line, p.location.column):
                heads.add((s.lineno, s.col_offset))
    return [p for p in problems if not any(p.location.line == n and p.location.column > c for n, c in heads)]


def _without_what_follows(spec: Spec, problems: Iterable[Problem]) -> Spec:
    """The record without the right sides whose text is wrong: it holds something else than the author meant."""
    wrong = {id(s) for p in problems for s in statements_at(spec, p.location.line)}
    equations = (
        replace(e, rhs=Unknown("?")) if any(id(s) in wrong for s in statements_at(spec, e.location.line)) else e
        for e in spec.equations
    )
    return replace(spec, equations=tuple(equations), complete=False)


def _spoilt(place: Location, spec: Spec) -> list[Location]:
    """A place, and all the lines of the `if`, `for` or the like that stands there."""
    spoilt = [place]
    for statement in statements_at(spec, place.line):
        if isinstance(statement, _BLOCKS):
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


def _explained(
    failure: Problem, problems: Iterable[Problem], spoilt: Iterable[Location], lost: set[str], spec: Spec
) -> bool:
    """Whether a rule has already said what made a line fail."""
    place = failure.location
    if any(_covers(span, place) for span in spoilt):
        return True
    statements = statements_at(spec, place.line)
    if not statements:
        return any(_covers(place, p.location) for p in problems)
    statement = statements[0]
    lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    if any(p.location.file == place.file and p.location.line in lines for p in problems):
        return True
    return any(isinstance(node, ast.Name) and node.id in lost for node in ast.walk(statement))
