"""The checked specs that a command is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from optgen.build.errors import CommandError
from optgen.build.folders import find_specs
from optgen.build.names import select
from optgen.depth import too_deep
from optgen.problems import Problem, SpecError

from .streams import only_results

if TYPE_CHECKING:
    from optgen.spec.model import Spec


def load_specs(folder: Path, names: Sequence[str] = ()) -> list[Spec]:
    """Capture and check the specs of a folder, and choose.

    Args:
        folder: Where.
        names: Which; all where empty.

    Raises:
        CommandError: A name is unknown.
        SpecError: With all the mistakes of all the specs, unless those that were named are in files without any.
    """
    return _chosen(folder, names, *sound_specs(folder))


def _chosen(folder: Path, names: Sequence[str], specs: Mapping[str, Spec], problems: Sequence[Problem]) -> list[Spec]:
    """Those of the specs of a folder that are meant; arguments and errors as of `load_specs`."""
    if problems and not (names and specs.keys() >= set(names)):
        raise SpecError(problems)
    _refuse_transforms(folder, [name for name in names if name not in specs])
    return [specs[name] for name in select(names, specs)]


def load_own_or_shipped(folder: Path, names: Sequence[str]) -> list[tuple[Spec, Path]]:
    """Capture and check specs of a folder, or of those that optgen ships where the folder has no such name.

    Args:
        folder: Where to look first.
        names: Which.

    Returns:
        Each with the folder that it is from.

    Raises:
        CommandError: Neither has the name.
        SpecError: As `load_specs`.
    """
    from optgen.sources import declared

    specs, problems = sound_specs(folder)
    own = {*specs, *(one.name for one in declared(folder))}  # also those whose file has a mistake
    strange, shipped = set(names) - own, find_specs()
    theirs = sorted(strange & {one.name for one in declared(shipped)}) if strange else []
    mine = [name for name in names if name not in theirs]
    # No name at all would mean every spec.
    found = {spec.name: (spec, folder) for spec in _chosen(folder, mine, specs, problems)} if mine else {}
    found |= {spec.name: (spec, shipped) for spec in load_specs(shipped, theirs)} if theirs else {}
    return [found[name] for name in names]


def _refuse_transforms(folder: Path, names: Sequence[str]) -> None:
    """Say of a transform that nothing is made of it by itself."""
    from optgen.spec.load import load_transforms

    with only_results():
        transforms = {made.name for made in load_transforms(folder)} if names else set()
    found = next((name for name in names if name in transforms), "")
    if found:
        raise CommandError(f"{found} is a transform: apply it, as in made = {found}(...), and name what is made")


def sound_specs(folder: Path) -> tuple[dict[str, Spec], list[Problem]]:
    """The specs of a folder by name, without those of files with mistakes, and all the mistakes."""
    from optgen.check import check
    from optgen.spec.load import load

    with only_results():
        specs, problems = load(folder)
        try:
            problems += check(specs)
        except RecursionError:
            raise SpecError([too_deep(specs)]) from None
    wrong = {problem.location.file for problem in problems}
    doubtful = {spec.name for spec in specs if spec.location.file in wrong}  # also where another has the name
    return {spec.name: spec for spec in specs if spec.name not in doubtful}, problems


@contextmanager
def deep_enough(spec: Spec) -> Iterator[None]:
    """Work on a spec whose equations may be too deep for it.

    Raises:
        SpecError: They are.
    """
    try:
        yield
    except RecursionError:
        raise SpecError([too_deep([spec])]) from None
