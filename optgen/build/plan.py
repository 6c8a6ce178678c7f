"""How an output folder differs from what it should hold. Nothing is changed here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from optgen.files import source_path

from .errors import CommandError
from .folders import Folders, shown
from .goal import Goal, Wish, make_goal
from .hashing import digest
from .inputs import Inputs, read_inputs
from .record import Record, path_between
from .tree import Tree, generated_content, scan
from .watcher import Watcher
from .workshop import Workshop


@dataclass(frozen=True)
class Plan:
    """What to do, and what it was decided from.

    Attributes:
        folders: Where.
        tree: The output folder as it was found.
        workshop: Where specs and texts came from.
        goal: What the folder should hold.
        writes: Text of each file that differs or is missing, by path below the folder, in the order of writing.
        removals: Generated files that no spec gives any more.
        emptied: Files whose folders go with them where nothing else is in there.
        same_record: Whether the record is already what it should be.
    """

    folders: Folders
    tree: Tree
    workshop: Workshop
    goal: Goal
    writes: dict[str, str]
    removals: tuple[str, ...]
    emptied: tuple[str, ...]
    same_record: bool

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        work = self.writes or self.removals or self.tree.leftovers or self.goal.verify
        return not work and self.same_record

    @property
    def unchanged(self) -> int:
        """How many files stay as they are."""
        return len(self.goal.texts) + len(self.goal.kept) - len(self.writes)

    @property
    def is_clean(self) -> bool:
        """Whether the folder holds what it should."""
        return not self.writes and not self.removals


def make_plan(folders: Folders, wish: Wish, watcher: Watcher, jobs: int, earlier: Plan | None = None) -> Plan:
    """Find out what there is to do.

    Args:
        folders: Where.
        wish: What was asked for.
        watcher: Is told of progress.
        jobs: Processes that may generate at once.
        earlier: What it generated is used again, unless something that this depends on has changed.

    Raises:
        CommandError: The output folder is that of other specs, or a name is unknown.
        SpecError: With all the mistakes of all the specs.
    """
    inputs = read_inputs(folders.specs)
    known, tree = Record.load(folders.out), scan(folders.out)
    _refuse_other_specs(folders, known, tree)
    if known.specs != path_between(folders):
        _refuse_strangers(folders, tree, inputs)
    workshop = Workshop(folders.specs, inputs, watcher)
    if earlier and earlier.workshop.inputs == inputs:
        workshop = earlier.workshop
    goal = make_goal(folders, wish, workshop, known, tree, jobs)
    orphans = () if wish.names else tuple(sorted(tree.ours.keys() - goal.texts.keys() - goal.kept))
    gone = [built.files for name, built in known.optimizers.items() if name not in goal.record.optimizers]
    return Plan(
        folders,
        tree,
        workshop,
        goal,
        writes={file: text for file, text in goal.texts.items() if tree.ours.get(file) != digest(text.encode())},
        removals=orphans,
        # Those of the record too, for a build that was killed when it had removed files but not yet their folders.
        emptied=(*orphans, *(file for files in gone for file in files)),
        same_record=goal.record == known,
    )


_ADVICE = "name another folder with --out, or delete it first"


def _refuse_other_specs(folders: Folders, known: Record, tree: Tree) -> None:
    """An output folder belongs to one folder of specs: those of another would be taken for orphans."""
    for spec, file in sorted(tree.origins.items()):
        source = spec.partition("/")[0]
        if source != folders.source:
            held = f"{shown(folders.out)}: holds code generated from {source}/, such as {file}"
            raise CommandError(f"{held}, and not from {folders.source}/: {_ADVICE}")
    before = (folders.out / known.specs).resolve()
    if known.specs and before.is_dir() and before != folders.specs:
        raise CommandError(f"{shown(folders.out)}: holds code generated from {shown(before)}: {_ADVICE}")


def _refuse_strangers(folders: Folders, tree: Tree, inputs: Inputs) -> None:
    """Where no record says whose the output folder is, as in a fresh clone, most of its specs have to be there.

    A few may have been deleted since. Where most have gone, it looks like the output of a folder of the same name.
    """
    there = {source_path(folders.specs, folders.specs / file) for file in inputs.sources}
    named = {spec for spec in tree.origins if not spec.endswith("/")}
    missing = sorted(named - there)
    if 2 * len(missing) > len(named):
        some = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        held = f"holds code generated from {len(missing)} specs that are not in {shown(folders.specs)}: {some}"
        raise CommandError(f"{shown(folders.out)}: {held}: {_ADVICE}")


def refuse_foreign(plan: Plan) -> None:
    """Make sure that nothing is overwritten that was not generated.

    Raises:
        CommandError: With a line for each file that stands where one is to be written.
    """
    found = {path for file in plan.writes for path in _in_the_way(plan.folders.out, file)}
    if found:
        why = "was not generated by optgen and stands where its code is to be written: move it away"
        raise CommandError("\n".join(f"{shown(path)}: {why}" for path in sorted(found)))


def _in_the_way(out: Path, file: str) -> list[Path]:
    """What keeps a file from being written: itself, or something on the way to it that is no folder of its own.

    Looks again instead of at the tree that the plan was made from: another build may have been there since.
    """
    path = out / file
    above = [out / parent for parent in reversed(Path(file).parents) if parent != Path()]
    blocking = [folder for folder in above if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir())]
    return blocking[:1] or ([path] if os.path.lexists(path) and generated_content(path) is None else [])
