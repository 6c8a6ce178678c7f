"""What an output folder should hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .folders import Folders
from .hashing import digest
from .inputs import template_folders
from .names import select
from .packages import INIT, OPTIM, OPTIMIZER, SCHEDULER, class_of, optim_module, optimizer_package, root_package
from .record import Built, Record, Source, path_between, verification_key
from .runtime import FOLDER, runtime_files
from .tree import Tree
from .workshop import Files, Workshop


@dataclass(frozen=True)
class Wish:
    """What the user asked for.

    Attributes:
        names: Only these optimizers; all where empty.
        afresh: Generate everything, whatever the record says.
        verify: Whether to verify what has changed since it was last verified.
    """

    names: tuple[str, ...] = ()
    afresh: bool = False
    verify: bool = True


@dataclass(frozen=True)
class Goal:
    """What an output folder should hold, and what is known of it already.

    Attributes:
        texts: Files by path below the folder, in the order in which they are to be written.
        kept: Files of which the record knows that they are as they should be.
        record: What the record says once everything is in place.
        verify: What the verification of each optimizer depends on, where it has not succeeded with just that.
    """

    texts: Files
    kept: frozenset[str]
    record: Record
    verify: dict[str, str]


def make_goal(folders: Folders, wish: Wish, workshop: Workshop, known: Record, tree: Tree, jobs: int) -> Goal:
    """Decide what an output folder should hold; generates what is not known to be there.

    Args:
        folders: Where.
        wish: What was asked for.
        workshop: Generates.
        known: The record of the last build.
        tree: The folder as it is.
        jobs: Processes that may generate at once.

    Raises:
        CommandError: A name is unknown.
        SpecError: With all the mistakes of all the specs.
    """
    sources = workshop.inputs.sources
    before = Record() if wish.afresh else known
    declared = before.declared(workshop.inputs) or workshop.declared(before)
    wanted = select(wish.names, declared)
    old = {n: built for n, built in known.optimizers.items() if n in declared or wish.names}
    fresh = [] if wish.afresh else [n for n in wanted if n in old and _is_fresh(old[n], sources[declared[n]], tree)]
    made = workshop.texts([n for n in wanted if n not in fresh], jobs)
    new = {n: _built(sources[declared[n]], files, old.get(n)) for n, files in made.items()}
    optimizers = {**old, **new}

    shared = runtime_files(template_folders())
    texts = shared | {file: text for files in made.values() for file, text in files.items()}
    there = {*wanted, *(_present(tree) if wish.names else ())}
    classes = _classes(there, texts, folders.out, OPTIMIZER)
    titles = classes | _classes(there, texts, folders.out, SCHEDULER)
    for name in wanted:
        if f"{name}/{INIT}" not in optimizers[name].files:
            source = f"{folders.source}/{declared[name]}"
            texts[f"{name}/{INIT}"] = optimizer_package(source, name, optimizers[name].files, titles.get(name, ""))
    texts[INIT] = root_package(folders.source, there)
    texts[OPTIM] = optim_module(folders.source, classes)
    return Goal(
        texts,
        frozenset(file for name in fresh for file in optimizers[name].files),
        Record(path_between(folders), _sources(sources, declared, known, workshop), dict(sorted(optimizers.items()))),
        _unverified(wanted, optimizers, shared, workshop) if wish.verify else {},
    )


def _classes(names: Iterable[str], texts: Files, out: Path, module: str) -> dict[str, str]:
    """The class in a module of each that has one, from what is to be written or lies there."""
    found = {}
    for name in sorted(names):
        file = f"{name}/{module}"
        text = texts[file] if file in texts else (out / file).read_text() if (out / file).is_file() else ""
        if text:
            found[name] = class_of(text)
    return found


def _is_fresh(built: Built, key: str, tree: Tree) -> bool:
    unchanged = bool(key) and built.key == key
    return unchanged and all(tree.ours.get(file) == content for file, content in built.files.items())


def _built(key: str, files: Files, before: Built | None) -> Built:
    digests = {file: digest(text.encode()) for file, text in sorted(files.items())}
    return Built(key, digests, before.verified if before else "")


def _present(tree: Tree) -> set[str]:
    """The optimizers that lie in the folder."""
    packages = [file.split("/") for file in tree.ours]
    return {parts[0] for parts in packages if len(parts) == 2 and parts[1] == INIT and parts[0] != FOLDER}


def _sources(keys: dict[str, str], declared: dict[str, str], known: Record, workshop: Workshop) -> dict[str, Source]:
    """What the record says of each file: what was captured of it now, or what was known of it."""
    found = {}
    for file, key in keys.items():
        names = tuple(name for name, source in declared.items() if source == file)
        captured = tuple(str(workshop.captured[name].class_name) for name in names if name in workshop.captured)
        found[file] = Source(key, names, captured if len(captured) == len(names) else known.sources[file].classes)
    return found


def _unverified(
    names: Iterable[str], optimizers: dict[str, Built], shared: Files, workshop: Workshop
) -> dict[str, str]:
    digests = {file: digest(text.encode()) for file, text in shared.items()}
    keys = {name: verification_key(optimizers[name], digests, workshop.inputs) for name in names}
    return {name: key for name, key in keys.items() if optimizers[name].verified != key}
