"""The relations of a folder of specs: what its `relations.py` states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from optgen.files import RELATIONS as _FILE
from optgen.problems import Location, Problem, SpecError
from optgen.spec.decorators import DECLARED, Declaration, named
from optgen.spec.failures import problem_from
from optgen.spec.module import module_for, quote, read, shown
from optgen.spec.package import folder_as_package, package_of

from .declare import RELATIONS, Relation, Run


def load_relations(folder: Path) -> list[Relation]:
    """Run the file of relations of a folder.

    Raises:
        SpecError: There is none, it fails, or it states nothing.
    """
    path = folder / _FILE
    name = shown(path)
    if not path.is_file():
        raise SpecError([Problem(Location(name), "there is no such file of relations", "name two specs to compare")])
    before, declared = len(RELATIONS), len(DECLARED)
    try:
        with folder_as_package(folder):
            known = _run(path, name, folder)
        found = [_with_names(relation, known) for relation in RELATIONS[before:]]
    finally:
        del RELATIONS[before:]
        del DECLARED[declared:]
    if not found:
        raise SpecError([Problem(Location(name), "states no relation", 'write relation("...", run(...) == run(...))')])
    twice = [r for n, r in enumerate(found) if r.name in [other.name for other in found[:n]]]
    if twice:
        raise SpecError([Problem(r.location, f"another relation is called {r.name!r}") for r in twice])
    return found


def _with_names(relation: Relation, known: dict[str, Any]) -> Relation:
    """The relation with what is composed under the names that its file has for it."""
    called = {id(value): name for name, value in known.items() if isinstance(value, Declaration) and value.parts}

    def renamed(run: Run) -> Run:
        name = called.get(id(run.spec))
        return replace(run, spec=named(run.spec, name)) if name else run

    claim = replace(relation.claim, left=renamed(relation.claim.left), right=renamed(relation.claim.right))
    return replace(relation, claim=claim)


def _problem(error: BaseException, file: str, names: list[str]) -> Problem:
    """What is wrong with the file; a name that it lacks is one of ours, or to be declared."""
    problem = problem_from(error, file, names)
    missing = error.name if isinstance(error, NameError) else ""
    if not missing or "did you mean" in problem.fix:
        return problem
    ours = f"from optgen.prove import {missing}" if missing in ("names", "number", "oo", "relation", "run") else ""
    return replace(problem, fix=ours or f'{missing} = names("{missing}") stands for what the specs call so')


def _run(path: Path, name: str, folder: Path) -> dict[str, Any]:
    """Run the file; returns what its names stand for."""
    source = read(path)
    quote(source, name)
    with module_for(name, package_of(path, folder)) as module:
        try:
            exec(compile(source, name, "exec", dont_inherit=True), vars(module))
        except (Exception, SystemExit) as error:  # noqa: BLE001  # an author's file can raise anything
            raise SpecError([_problem(error, name, [*vars(module)])]) from None
    return vars(module)
